package dev.culvert.api.v1alpha1.preset;

/**
 * One value of a preset.
 *
 * @param field that it fills, {@code spec.children[*].rekeyTime}; {@code [*]} stands for every child
 * @param value as it would stand in a document
 * @param documented what the vendor says
 * @param source the vendor's page that says it
 */
public record PresetValue(String field, String value, String documented, String source) {}
