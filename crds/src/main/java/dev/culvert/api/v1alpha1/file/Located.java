package dev.culvert.api.v1alpha1.file;

import java.nio.file.Path;
import java.util.Map;

/**
 * A resource and where it stands.
 *
 * @param file that it was read from
 * @param lines of its fields by their path, 1-based; the empty path is the document's first line
 */
public record Located<T>(T resource, Path file, Map<String, Integer> lines) {
    /** The line of a field or, where the field is absent, of the nearest one around it. */
    public int line(String fieldPath) {
        String path = fieldPath;
        while (!path.isEmpty()) {
            Integer line = lines.get(path);
            if (line != null) {
                return line;
            }
            path = path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
        }
        return lines.getOrDefault("", 1);
    }
}
