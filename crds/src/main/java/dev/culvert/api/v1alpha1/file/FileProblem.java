package dev.culvert.api.v1alpha1.file;

import dev.culvert.api.v1alpha1.validation.Problem;
import java.nio.file.Path;

/**
 * A problem and where it stands.
 *
 * @param line 1-based
 */
public record FileProblem(Path file, int line, Problem problem) {
    public boolean isError() {
        return problem.isError();
    }

    /** {@code file:line: field path: what is wrong; allowed: what would be right}. */
    @Override
    public String toString() {
        return file + ":" + line + ": " + (isError() ? "" : "warning: ") + problem;
    }
}
