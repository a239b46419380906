import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Sums the XML reports of Surefire and Failsafe below a folder: names every test that failed or was skipped, with
 * its reason, and ends with {@code N passed, N failed, N skipped} alone on a line. Exit status 1 when one failed or
 * when there was none at all. Run by script/test as {@code java Summary.java FOLDER}.
 */
public class Summary {
    record Test(String name, String outcome, String reason, double seconds) {}

    public static void main(String[] arguments) throws Exception {
        List<Test> tests = new ArrayList<>();
        for (Path report : reports(Path.of(arguments[0]))) {
            read(report, tests);
        }
        List<Test> slowest = tests.stream()
                .sorted(Comparator.comparingDouble(Test::seconds).reversed())
                .limit(5)
                .toList();
        System.out.println("\nThe slowest tests:");
        slowest.forEach(t -> System.out.printf("  %6.1f s  %s%n", t.seconds, t.name));
        list("Skipped", "skipped", tests);
        list("Failed", "failed", tests);
        System.out.println();
        long failed = count(tests, "failed");
        System.out.printf(
                "%d passed, %d failed, %d skipped%n", count(tests, "passed"), failed, count(tests, "skipped"));
        System.exit(failed > 0 || tests.isEmpty() ? 1 : 0);
    }

    private static List<Path> reports(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder, 6)) {
            return files.filter(f -> f.getFileName().toString().matches("TEST-.*\\.xml"))
                    .filter(f -> f.getParent().getFileName().toString().matches("(surefire|failsafe)-reports"))
                    .sorted()
                    .toList();
        }
    }

    private static void read(Path report, List<Test> tests) throws Exception {
        NodeList cases = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++) {
            Element test = (Element) cases.item(i);
            String name = test.getAttribute("classname").replaceFirst("^.*\\.", "") + "." + test.getAttribute("name");
            String time = test.getAttribute("time").replace(",", "");
            Element skipped = child(test, "skipped");
            Element failed = child(test, "failure") != null ? child(test, "failure") : child(test, "error");
            Element cause = failed != null ? failed : skipped;
            tests.add(new Test(
                    name,
                    failed != null ? "failed" : skipped != null ? "skipped" : "passed",
                    cause == null ? "" : cause.getAttribute("message").lines().findFirst().orElse(""),
                    time.isEmpty() ? 0 : Double.parseDouble(time)));
        }
    }

    private static Element child(Element parent, String name) {
        return (Element) parent.getElementsByTagName(name).item(0);
    }

    private static void list(String title, String outcome, List<Test> tests) {
        if (count(tests, outcome) > 0) {
            System.out.println("\n" + title + ":");
            tests.stream()
                    .filter(t -> t.outcome.equals(outcome))
                    .forEach(t -> System.out.println("  " + t.name + ": " + (t.reason.isEmpty() ? "no reason given" : t.reason)));
        }
    }

    private static long count(List<Test> tests, String outcome) {
        return tests.stream().filter(t -> t.outcome.equals(outcome)).count();
    }
}
