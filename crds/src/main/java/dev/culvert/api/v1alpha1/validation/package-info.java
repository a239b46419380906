/** What a schema and CEL cannot check: proposals, strength of keys, and what crosses objects. */
@NullMarked
package dev.culvert.api.v1alpha1.validation;

import org.jspecify.annotations.NullMarked;
