package dev.culvert.e2e.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** docs/benchmarks.md: each benchmark replaces its own section and leaves the others'. */
public final class BenchmarkPage {
    private static final String TITLE = """
            # Benchmarks

            Written by `script/bench`, which measures Culvert and strongSwan in one run on one machine; run it to compare
            with yours. Each section says on which machine and when.
            """;

    private BenchmarkPage() {}

    /** @param text without the heading, and without the line on the machine */
    public static void put(String heading, String text) {
        Path page = Repository.root().resolve("docs/benchmarks.md");
        String section = "\n## " + heading + "\n\n" + machine() + "\n\n" + text.strip() + "\n";
        try {
            String before = Files.exists(page) ? Files.readString(page) : TITLE;
            int at = before.indexOf("\n## " + heading + "\n");
            int next = before.indexOf("\n## ", at + 1);
            String changed = at < 0
                    ? before + section
                    : before.substring(0, at) + section + (next < 0 ? "" : before.substring(next));
            Files.writeString(page, changed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.out.println(section);
    }

    private static String machine() {
        return "%s, %d processors, Linux %s, Java %s, strongSwan %s; %s."
                .formatted(
                        processor(),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.version"),
                        Runtime.version(),
                        Commands.attempt("swanctl", "--version")
                                .all()
                                .replaceAll("(?s)^.*?strongSwan (?:swanctl )?([0-9.]+).*$", "$1"),
                        LocalDate.now(ZoneOffset.UTC));
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.replaceFirst("^[^:]*: *", ""))
                    .findFirst()
                    .orElse("unknown processor");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The middle one, or the mean of the two in the middle. */
    public static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
