package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.Commands;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * What ike-scan (NTA Monitor) finds out about an agent with an IKEv1 tunnel: from the peer's address what a peer may know,
 * from another one nothing. Each datagram is answered once at most, and by no more octets than it has.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IkeScanIT {
    /** AES-256, SHA2-256, MODP-2048, pre-shared key: what the tunnel proposes. */
    private static final String RIGHT = "--trans=(1=7,14=256,2=4,3=1,4=14)";
    /** Of the RFCs' vendor IDs those that an agent understands: NAT traversal, dead peer detection. */
    private static final String NAT_TRAVERSAL = "4a131c81070358455c5728f20e95452f";

    private static final String DPD = "afcad71368a1f1c96b8696fc77570100";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();
    private final Topology.Side stranger = topology.neighbour();

    @AutoClose
    private CulvertAgent agent;

    @BeforeAll
    void start() {
        agent = CulvertAgent.start(
                left.gateway(),
                directory.resolve("agent"),
                TunnelFile.between(topology, left, right)
                        .proposals("aes256-sha256-modp2048", "aes256-sha256")
                        .startAction("None")
                        .ikeV1("Main"));
    }

    @Test
    void thePeerIsAnsweredWithWhatItAskedFor() {
        String found = scan(right, RIGHT, "--vendor=" + NAT_TRAVERSAL, "--vendor=" + DPD);
        assertThat(found)
                .contains("Main Mode Handshake returned")
                .contains("Enc=AES KeyLength=256 Hash=SHA2-256 Auth=PSK Group=14:modp2048")
                .contains("VID=" + NAT_TRAVERSAL)
                .contains("VID=" + DPD)
                .contains("1 returned handshake; 0 returned notify");
        assertThat(scan(right, RIGHT)).contains("1 returned handshake").doesNotContain("VID=");
    }

    @Test
    void otherProposalsAreRefused() {
        assertThat(scan(right)).contains("NO-PROPOSAL-CHOSEN").contains("0 returned handshake; 1 returned notify");
        assertThat(scan(right, "--trans=(1=7,14=256,2=4,3=3,4=14)"))
                .as("signatures")
                .contains("NO-PROPOSAL-CHOSEN");
        assertThat(agent.log()).contains("3des-md5-modp1024 (pre-shared key, 28800 s)");
    }

    /** With a pre-shared key its answer would give away something to guess the key with. */
    @Test
    void aggressiveModeGivesNothingAway() {
        assertThat(scan(right, RIGHT, "--aggressive", "--dhgroup=14", "--id=" + right.name() + ".example"))
                .contains("0 returned handshake")
                .doesNotContain("KeyExchange")
                .doesNotContain("Hash(");
    }

    @Test
    void aStrangerIsNotAnswered() {
        assertThat(scan(stranger, RIGHT)).contains("0 returned handshake; 0 returned notify");
        assertThat(scan(stranger, RIGHT, "--aggressive", "--dhgroup=14", "--id=branch"))
                .contains("0 returned handshake; 0 returned notify");
    }

    /** Whatever is asked: one answer at most, not larger than its question, and no SA in the end. */
    @Test
    void nothingIsAmplifiedAndNothingIsKept() {
        Capture capture = Capture.start(topology.wan(), "right", directory);
        for (int i = 0; i < 3; i++) {
            scan(right, RIGHT);
            scan(right, RIGHT, "--vendor=" + NAT_TRAVERSAL, "--vendor=" + DPD);
            scan(right);
            scan(right, RIGHT, "--aggressive", "--dhgroup=14", "--id=nobody");
        }
        int room = 0;
        int asked = 0;
        for (Capture.Packet packet : capture.stop()) {
            if (packet.source().equals(right.outerAddress())) {
                room = packet.length();
                asked++;
            } else if (packet.isUdp() && packet.destination().equals(right.outerAddress())) {
                assertThat(packet.length()).as("answer to question " + asked).isLessThanOrEqualTo(room);
                room = 0;
            }
        }
        assertThat(asked).isGreaterThanOrEqualTo(12);
        assertThat(agent.saCount()).startsWith("0");
        assertThat(agent.metrics("culvert_ike_half_open").values())
                .as("no more than one peer may have half-open")
                .allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(30));
        assertThat(agent.isUp()).isFalse();
    }

    /** One datagram, and half a second for the answer. */
    private String scan(Topology.Side from, String... options) {
        List<String> command = new ArrayList<>(List.of("ike-scan", "--retry=1", "--timeout=500"));
        command.addAll(List.of(options));
        command.add(left.outerAddress());
        Commands.Result result = from.gateway().attempt(Duration.ofSeconds(20), command.toArray(String[]::new));
        assertThat(result.succeeded()).as(result.all()).isTrue();
        return result.out();
    }
}
