/**
 * The resources' schema as YAML: written from the classes while this module is built, and read again to check files by
 * the same rules as the API server's.
 */
@NullMarked
package dev.culvert.api.v1alpha1.schema;

import org.jspecify.annotations.NullMarked;
