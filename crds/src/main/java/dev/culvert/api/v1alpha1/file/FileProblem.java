package dev.culvert.api.v1alpha1.file;

import dev.culvert.api.v1alpha1.validation.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A problem and where it stands.
 *
 * @param line 1-based
 */
public record FileProblem(Path file, int line, Problem problem) {
    static FileProblem at(Located<?> document, Problem problem) {
        return new FileProblem(document.file(), document.line(problem.fieldPath()), problem);
    }

    /** By line within each file; files in the order in which they first come. */
    static List<FileProblem> sorted(List<FileProblem> problems) {
        Map<Path, Integer> order = new LinkedHashMap<>();
        problems.forEach(problem -> order.putIfAbsent(problem.file, order.size()));
        List<FileProblem> sorted = new ArrayList<>(problems);
        sorted.sort(Comparator.comparingInt((FileProblem problem) -> order.get(problem.file))
                .thenComparingInt(FileProblem::line));
        return sorted;
    }

    public boolean isError() {
        return problem.isError();
    }

    /** {@code file:line: field path: what is wrong; allowed: what would be right}. */
    @Override
    public String toString() {
        return file + ":" + line + ": " + (isError() ? "" : "warning: ") + problem;
    }
}
