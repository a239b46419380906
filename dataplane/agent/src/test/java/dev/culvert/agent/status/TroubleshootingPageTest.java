package dev.culvert.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.endpoint.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/troubleshooting.md tells of every way to fail, in both roles. */
class TroubleshootingPageTest {
    private static final Path PAGE = Path.of("../../docs/troubleshooting.md");

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void everyKindOfFailureHasARowForEachRole(FailureKind kind) throws IOException {
        for (String role : List.of("initiator", "responder")) {
            List<String> row = Files.readAllLines(PAGE).stream()
                    .filter(line -> line.startsWith("| `" + kind + "`, " + role + " |"))
                    .findFirst()
                    .map(line -> Arrays.stream(line.split("\\|"))
                            .map(String::strip)
                            .skip(1)
                            .toList())
                    .orElseThrow(() -> new AssertionError("no row for " + kind + " as " + role));
            assertThat(row).hasSize(4).allMatch(cell -> !cell.isEmpty());
            assertThat(row.get(1)).isEqualTo(StatusBook.reason(kind).toString());
        }
    }
}
