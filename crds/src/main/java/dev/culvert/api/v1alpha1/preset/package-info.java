/** What vendors document of their gateways, and how it fills in what a tunnel does not say. */
@NullMarked
package dev.culvert.api.v1alpha1.preset;

import org.jspecify.annotations.NullMarked;
