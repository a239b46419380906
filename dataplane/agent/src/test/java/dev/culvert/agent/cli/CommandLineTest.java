package dev.culvert.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {
    @TempDir
    Path directory = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void checkSaysNothingAboutAGoodFile() throws Exception {
        Path file = Files.writeString(directory.resolve("good.yaml"), TUNNEL);
        assertThat(execute("check", "--config", file.toString())).isZero();
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void checkNamesFileLineFieldAndWhatIsAllowed() throws Exception {
        Path file = Files.writeString(
                directory.resolve("bad.yaml"), TUNNEL.replace("startAction: Start", "startAction: Now"));
        assertThat(execute("check", "--config", file.toString())).isEqualTo(2);
        assertThat(out.toString().lines())
                .singleElement()
                .asString()
                .startsWith(file + ":14: spec.children[0].startAction: ")
                .contains("Start", "Trap", "None");
    }

    @Test
    void line64_checkWarnsOfWeakAlgorithmsAndSucceeds() throws Exception {
        Path file = Files.writeString(
                directory.resolve("weak.yaml"),
                TUNNEL.replace(
                        "    startAction: Start", "    startAction: Start\n    proposals: [3des-sha1-modp1024]"));
        assertThat(execute("check", "--config", file.toString())).isZero();
        assertThat(out.toString().lines())
                .first()
                .asString()
                .startsWith(file + ":15: warning: spec.children[0].proposals[0]: ")
                .contains("has weak 3des, sha1, modp1024; allowed: aes256gcm16, aes256, sha256, x25519");
    }

    @Test
    void checkExplainsWhereEachValueComesFrom() throws Exception {
        Path file = Files.writeString(
                directory.resolve("gcp.yaml"), TUNNEL.replace("spec:", "spec:\n  preset: GCP\n  ike: {rekeyTime: 3h}"));
        assertThat(execute("check", "--explain", "--config", file.toString())).isZero();
        assertThat(out.toString().lines())
                .startsWith("default/branch")
                .contains(
                        "  spec.preset: GCP (" + file + ":5)",
                        "  spec.ike.rekeyTime: 3h (" + file + ":6)",
                        "  spec.ike.fragmentation: Allow (default)")
                .anyMatch(
                        line -> line.startsWith(
                                "  spec.children[0].rekeyTime: 2h43m (preset GCP: lifetime 10800 s, https://docs.cloud.google.com/"));
    }

    @Test
    void checkOfNothing() {
        assertThat(execute("check", "--config", directory.resolve("none.yaml").toString()))
                .isEqualTo(2);
        assertThat(out.toString()).contains("does not exist");
    }

    @Test
    void statusWithoutAnAgentSaysSo() {
        assertThat(execute("status", "--socket", directory.resolve("none.sock").toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("no agent answers on").hasLineCount(1);
    }

    @Test
    void runNeedsExactlyOneSource() {
        assertThat(execute("run")).isEqualTo(2);
        assertThat(execute("run", "--cluster", "--config", "x")).isEqualTo(2);
    }

    @Test
    void anUnusableHttpAddressIsExplained() {
        assertThat(execute("run", "--config", "x", "--http", "localhost:80")).isEqualTo(2);
        assertThat(err.toString()).contains("is not ADDRESS:PORT");
    }

    @Test
    void anUnknownCommandIsRefused() {
        assertThat(execute("explode")).isEqualTo(2);
        assertThat(execute()).isEqualTo(2);
        assertThat(execute("--help")).isZero();
    }

    private int execute(String... arguments) {
        CommandLine commandLine = CulvertAgentCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return commandLine.execute(arguments);
    }

    private static final String TUNNEL = """
            apiVersion: culvert.dev/v1alpha1
            kind: IPSecTunnel
            metadata: {name: branch}
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
                startAction: Start
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: psk}
            stringData: {psk: "a long enough secret of ours"}
            """;
}
