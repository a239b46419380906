package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.Netns;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A tunnel for each vendor's preset, all at once, to a strongSwan that takes for each what the vendor documents
 * (docs/presets.md), in the vendor's order.
 */
class PresetsIT {
    private static final Duration UP = Duration.ofSeconds(60);
    private static final String KEY = "AKeyThatEvenAwsWouldTake.1";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    /** @param chosen suites of the IKE SA and the child that both ends have to come to */
    private record Vendor(String preset, String version, String ike, String esp, String chosen) {
        String name() {
            return (preset + "-" + version).toLowerCase(Locale.ROOT);
        }
    }

    private static final List<Vendor> VENDORS = List.of(
            new Vendor(
                    "AWS",
                    "IKEv2",
                    "aes128-sha1-modp1024,aes256-sha384-modp2048,aes128gcm16-prfsha256-modp2048,aes256gcm16-prfsha384-ecp384",
                    "aes128-sha1-modp1024,aes128gcm16-modp2048,aes256gcm16-ecp384",
                    "aes256gcm16-prfsha384-ecp384 aes256gcm16"),
            new Vendor(
                    "Azure",
                    "IKEv2",
                    "aes256-sha1-modp1024,aes256-sha256-modp1024,aes128-sha1-modp1024,aes128-sha256-modp1024",
                    "aes256gcm16,aes256-sha1,aes256-sha256,aes128-sha1",
                    "aes256-sha256-modp1024 aes256gcm16"),
            new Vendor(
                    "GCP",
                    "IKEv2",
                    "aes128gcm16-prfsha256-modp2048,aes256gcm16-prfsha384-ecp384",
                    "aes128gcm16-modp2048,aes256gcm16-ecp384",
                    "aes256gcm16-prfsha384-ecp384 aes256gcm16"),
            new Vendor(
                    "MikroTik",
                    "IKEv2",
                    "aes128-sha1-modp2048-modp1024",
                    "aes256-aes192-aes128-sha1-modp1024",
                    "aes128-sha1-modp2048 aes256-sha1"),
            new Vendor(
                    "Cloudflare",
                    "IKEv2",
                    "aes256gcm16-aes128gcm16-prfsha256-prfsha384-ecp384,aes256-sha256-modp2048",
                    "aes256gcm16-ecp384-modp2048",
                    "aes256gcm16-prfsha384-ecp384 aes256gcm16"),
            configured("CiscoIOS", "IKEv2"),
            configured("CiscoASA", "IKEv2"),
            configured("FortiGate", "IKEv2"),
            configured("JuniperSRX", "IKEv2"),
            configured("PaloAlto", "IKEv2"),
            new Vendor(
                    "AWS",
                    "IKEv1",
                    "aes128-sha1-modp1024,aes256-sha384-ecp384",
                    "aes128-sha1-modp1024,aes256gcm16-ecp384",
                    "aes256-sha384-ecp384 aes256gcm16-ecp384"),
            new Vendor(
                    "AzurePolicyBased",
                    "IKEv1",
                    "aes256-sha256-modp1024,aes256-sha1-modp1024,3des-sha1-modp1024",
                    "aes256-sha256,aes256-sha1,3des-sha1",
                    "aes256-sha256-modp1024 aes256-sha256"),
            new Vendor(
                    "GCPIKEv1",
                    "IKEv1",
                    "aes128-sha1-modp1024",
                    "aes128-sha1-modp1024",
                    "aes128-sha1-modp1024 aes128-sha1-modp1024"),
            configured("CiscoASA", "IKEv1"));

    /** Of these the vendor's page leaves the algorithms to whoever configures it. */
    private static Vendor configured(String preset, String version) {
        return new Vendor(
                preset, version, "aes256-sha256-modp2048", "aes256-sha256", "aes256-sha256-modp2048 aes256-sha256");
    }

    @Test
    void everyPresetComesUpWithTheStrongestThatItsVendorTakes() {
        try (Topology topology = new Topology()) {
            Netns peers = topology.right().gateway();
            // each has an address of its own: only by that does a responder know whose proposals to look at
            for (int i = 0; i < VENDORS.size(); i++) {
                peers.ip("addr add " + address(i) + "/24 dev wan");
                peers.ip("addr add 10.77." + i + ".1/24 dev lo");
            }
            try (StrongSwan strongSwan = StrongSwan.start(peers, directory.resolve("swan"));
                    CulvertAgent agent = CulvertAgent.start(topology.left().gateway(), directory.resolve("agent"))) {
                connect(topology.left(), strongSwan, agent);
            }
        }
    }

    private static String address(int vendor) {
        return "203.0.113." + (100 + vendor);
    }

    private static void connect(Topology.Side left, StrongSwan strongSwan, CulvertAgent agent) {
        List<SwanConfig> connections = new ArrayList<>();
        List<TunnelFile> tunnels = new ArrayList<>();
        for (int i = 0; i < VENDORS.size(); i++) {
            Vendor vendor = VENDORS.get(i);
            String theirs = vendor.name() + ".example";
            String ours = "us." + theirs;
            String network = "10.77." + i + ".0/24";
            connections.add(new SwanConfig(address(i), "%any", theirs, ours, network, left.network())
                    .version(vendor.version().equals("IKEv1") ? 1 : 2)
                    .psk(KEY)
                    .proposals(vendor.ike(), vendor.esp()));
            tunnels.add(new TunnelFile(address(i), ours, theirs, left.network(), network)
                    .named(vendor.name())
                    .psk(KEY)
                    .version(vendor.version())
                    .preset(vendor.preset()));
        }
        strongSwan.load(
                connections.getFirst(),
                connections.subList(1, connections.size()).toArray(SwanConfig[]::new));
        agent.apply(tunnels.toArray(TunnelFile[]::new));

        Map<String, String> wanted = new TreeMap<>();
        VENDORS.forEach(vendor -> wanted.put(vendor.name(), vendor.chosen()));
        Awaitility.await("all presets, of which there are " + wanted.size())
                .atMost(UP)
                .untilAsserted(() -> assertThat(chosen(agent))
                        .as("%s", strongSwan.sas())
                        .containsExactlyInAnyOrderEntriesOf(wanted));
        assertThat(strongSwan.count()).isEqualTo(wanted.size() + " IKE, " + wanted.size() + " child");
    }

    /** The suites in use, by tunnel. */
    private static Map<String, String> chosen(CulvertAgent agent) {
        Map<String, String> chosen = new TreeMap<>();
        StreamSupport.stream(agent.tunnels().spliterator(), false).forEach(tunnel -> {
            JsonNode status = tunnel.path("status");
            chosen.put(
                    tunnel.path("metadata").path("name").asText(),
                    status.path("ikeSA").path("proposal").asText() + " "
                            + status.path("childSAs").path(0).path("proposal").asText());
        });
        return chosen;
    }
}
