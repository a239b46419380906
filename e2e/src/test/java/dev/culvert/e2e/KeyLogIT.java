package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.Commands;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wireshark decrypts IKE and ESP of an agent and a strongSwan with the keys that the agent logged. */
class KeyLogIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @ParameterizedTest
    @CsvSource({
        "aes256gcm16-prfsha384-x25519, aes256gcm16",
        "aes128-sha256-prfsha256-ecp256, aes256-sha256",
    })
    void wiresharkDecryptsWithTheLoggedKeys(String ike, String esp) throws IOException {
        Path keys = directory.resolve("keys");
        try (Topology topology = new Topology()) {
            Topology.Side left = topology.left();
            Topology.Side right = topology.right();
            try (Capture capture = Capture.startWhole(topology.wan(), "left", directory);
                    StrongSwan strongSwan = StrongSwan.start(right.gateway(), directory.resolve("swan"));
                    CulvertAgent agent =
                            CulvertAgent.startLoggingKeys(left.gateway(), directory.resolve("agent"), keys)) {
                strongSwan.load(SwanConfig.between(topology, right, left).proposals(ike, esp));
                agent.apply(TunnelFile.between(topology, left, right).proposals(ike, esp));
                agent.awaitUp();
                assertThat(agent.condition("Degraded")).isEqualTo("True/KeyLogEnabled");
                assertThat(Traffic.ping(left.host(), right.hostAddress(), 2)).isEqualTo(2);
                capture.stop();

                for (String table : new String[] {"ikev2_decryption_table", "esp_sa"}) {
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys.resolve(table))))
                            .isEqualTo("rw-------");
                }
                assertThat(fields(capture, keys, "isakmp.id.data.fqdn", "isakmp.id.data.fqdn"))
                        .as("identities inside IKE_AUTH")
                        .contains("left.example")
                        .contains("right.example");
                assertThat(fields(capture, keys, "esp && icmp", "ip.dst"))
                        .as("echoes inside ESP")
                        .contains(left.hostAddress())
                        .contains(right.hostAddress());
            }
        }
    }

    /** What tshark finds in the capture with these keys. */
    private static String fields(Capture capture, Path keys, String filter, String field) {
        Commands.Result result = Commands.attempt(
                Duration.ofSeconds(60),
                List.of(
                        "env",
                        "WIRESHARK_CONFIG_DIR=" + keys,
                        "tshark",
                        "-o",
                        "esp.enable_encryption_decode:TRUE",
                        "-r",
                        capture.file().toString(),
                        "-Y",
                        filter,
                        "-T",
                        "fields",
                        "-e",
                        field));
        assertThat(result.succeeded()).as(result.all()).isTrue();
        return result.out();
    }
}
