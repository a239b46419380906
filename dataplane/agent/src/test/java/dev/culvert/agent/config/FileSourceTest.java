package dev.culvert.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.culvert.agent.StartupException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class FileSourceTest {
    private static final Duration SOON = Duration.ofSeconds(4);

    @TempDir
    Path directory = Path.of("");

    private final List<DesiredState> states = Collections.synchronizedList(new ArrayList<>());

    @Test
    void readsTunnelAndKey() throws Exception {
        Path file =
                Files.writeString(directory.resolve("tunnels.yaml"), tunnel("branch", "a long enough secret of ours"));
        try (FileSource source = FileSource.open(file)) {
            source.start(states::add);
            DesiredTunnel tunnel = newest().tunnels().getFirst();
            assertThat(tunnel.name()).isEqualTo("default/branch");
            assertThat(tunnel.generation()).isEqualTo(1);
            assertThat(tunnel.negotiates()).isTrue();
            assertThat(new String(
                            tunnel.credentials().preSharedKey().orElseThrow().bytes(), StandardCharsets.UTF_8))
                    .isEqualTo("a long enough secret of ours");
        }
    }

    @Test
    void takesUpAFileThatIsMovedIntoPlace() throws Exception {
        Path file = Files.writeString(directory.resolve("tunnels.yaml"), tunnel("one", "a long enough secret of ours"));
        try (FileSource source = FileSource.open(file)) {
            source.start(states::add);
            replace(file, tunnel("two", "a long enough secret of ours"));
            await().atMost(SOON).untilAsserted(() -> assertThat(names()).containsExactly("default/two"));
        }
    }

    @Test
    void takesUpWhatIsWrittenInPlace() throws Exception {
        Path file = Files.writeString(directory.resolve("tunnels.yaml"), tunnel("one", "a long enough secret of ours"));
        try (FileSource source = FileSource.open(file)) {
            source.start(states::add);
            Files.writeString(file, tunnel("two", "a long enough secret of ours"));
            await().atMost(SOON).untilAsserted(() -> assertThat(names()).containsExactly("default/two"));
        }
    }

    /** As the kubelet mounts a ConfigMap: files are links through ..data, which is swapped by a rename. */
    @Test
    void takesUpASwappedLink() throws Exception {
        Path first = Files.createDirectory(directory.resolve("..first"));
        Files.writeString(first.resolve("t.yaml"), tunnel("one", "a long enough secret of ours"));
        Path second = Files.createDirectory(directory.resolve("..second"));
        Files.writeString(second.resolve("t.yaml"), tunnel("two", "a long enough secret of ours"));
        Path data = Files.createSymbolicLink(directory.resolve("..data"), Path.of("..first"));
        Files.createSymbolicLink(directory.resolve("t.yaml"), Path.of("..data/t.yaml"));
        try (FileSource source = FileSource.open(directory)) {
            source.start(states::add);
            assertThat(names()).containsExactly("default/one");
            Path swapped = Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..second"));
            Files.move(swapped, data, StandardCopyOption.ATOMIC_MOVE);
            await().atMost(SOON).untilAsserted(() -> assertThat(names()).containsExactly("default/two"));
        }
    }

    @Test
    void aBrokenFileKeepsTheLastGoodState() throws Exception {
        Path file = Files.writeString(directory.resolve("tunnels.yaml"), tunnel("one", "a long enough secret of ours"));
        try (FileSource source = FileSource.open(file)) {
            source.start(states::add);
            replace(file, "kind: [");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(source.problem()).contains("tunnels.yaml:1"));
            replace(file, "");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(source.problem()).contains("no documents"));
            assertThat(states).hasSize(1);
            replace(file, tunnel("two", "a long enough secret of ours"));
            await().atMost(SOON).untilAsserted(() -> assertThat(names()).containsExactly("default/two"));
            assertThat(source.problem()).isEmpty();
        }
    }

    @Test
    void aChangedKeyIsANewGenerationAndAnUnchangedFileIsNothing() throws Exception {
        Path file = Files.writeString(directory.resolve("tunnels.yaml"), tunnel("one", "a long enough secret of ours"));
        try (FileSource source = FileSource.open(file)) {
            source.start(states::add);
            replace(file, "# only a comment more\n" + tunnel("one", "a long enough secret of ours"));
            replace(file, tunnel("one", "another long enough secret"));
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(newest().tunnels().getFirst().generation())
                                    .isEqualTo(2));
            assertThat(states).hasSize(2);
        }
    }

    @Test
    void anUnusableFirstConfigurationIsRefusedWithEveryProblem() throws Exception {
        Path file = Files.writeString(
                directory.resolve("tunnels.yaml"),
                tunnel("one", "a long enough secret of ours").replace("10.2.0.0/16", "10.2.0.0/99"));
        assertThatThrownBy(() -> FileSource.open(file))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("tunnels.yaml:")
                .hasMessageContaining("remoteTrafficSelectors");
        assertThatThrownBy(() -> FileSource.open(directory.resolve("nowhere.yaml")))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("does not exist");
    }

    @Test
    void line64_weakAlgorithmsAreLoggedAtTheStartAndWhenTheyChange() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(FileSource.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        String weak = tunnel("one", "a long enough secret of ours")
                .replace("  - name: net", "  - name: net\n    proposals: [null-sha256]");
        Path file = Files.writeString(directory.resolve("tunnels.yaml"), weak);
        try (FileSource source = FileSource.open(file)) {
            source.start(states::add);
            assertThat(lines.list)
                    .filteredOn(line -> line.getLevel() == Level.WARN)
                    .singleElement()
                    .asString()
                    .contains("spec.children[0].proposals[0]: proposal 'null-sha256' has weak null");
            replace(file, weak.replace("null-sha256", "null-sha384"));
            await().atMost(SOON).until(() -> states.size() == 2);
            assertThat(lines.list)
                    .filteredOn(line -> line.getLevel() == Level.WARN)
                    .hasSize(2);
        } finally {
            logger.detachAppender(lines);
        }
    }

    private DesiredState newest() {
        return states.getLast();
    }

    private List<String> names() {
        return newest().tunnels().stream().map(DesiredTunnel::name).toList();
    }

    private void replace(Path file, String text) throws IOException {
        Path fresh = Files.writeString(directory.resolve(".fresh"), text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String tunnel(String name, String secret) {
        return """
                apiVersion: culvert.dev/v1alpha1
                kind: IPSecTunnel
                metadata: {name: %s}
                spec:
                  local: {identity: {type: FQDN, value: a.example}}
                  remote: {addresses: [192.0.2.2], identity: {type: FQDN, value: b.example}}
                  authentication:
                    method: PreSharedKey
                    preSharedKey: {secretRef: {name: psk, key: psk}}
                  children:
                  - name: net
                    localTrafficSelectors: [10.1.0.0/16]
                    remoteTrafficSelectors: [10.2.0.0/16]
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: psk}
                stringData: {psk: "%s"}
                """.formatted(name, secret);
    }
}
