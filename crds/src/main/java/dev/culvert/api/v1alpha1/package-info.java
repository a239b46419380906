@NullMarked
package dev.culvert.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
