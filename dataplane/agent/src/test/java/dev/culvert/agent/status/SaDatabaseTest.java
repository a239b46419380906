package dev.culvert.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ipsec.DataPath;
import dev.culvert.ipsec.mtu.SizePolicy;
import dev.culvert.ipsec.sad.Lifetime;
import dev.culvert.ipsec.sad.SaMode;
import dev.culvert.ipsec.sad.SaParameters;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class SaDatabaseTest {
    private static final byte[] KEY = RandomSource.seeded(5).bytes(20);

    @Test
    void everyParameterOfAnSaIsThereAndNoKey() {
        ChildSuite suite = ChildSuite.of(ProposalKeywords.parse(SecurityProtocol.ESP, "aes128gcm16-esn"));
        try (DataPath dataPath = new DataPath(RandomSource.seeded(1), event -> true)) {
            dataPath.install(
                    new SaParameters(
                            "default/branch",
                            "net",
                            0x1001,
                            0xc0de0002,
                            suite,
                            SecretBytes.copyOf(KEY),
                            SecretBytes.copyOf(new byte[0]),
                            SecretBytes.copyOf(KEY),
                            SecretBytes.copyOf(new byte[0]),
                            List.of(TrafficSelector.parse("10.1.0.0/16")),
                            List.of(TrafficSelector.parse("10.2.0.0/16")),
                            SaMode.TUNNEL,
                            Carrier.IP,
                            UdpAddress.of("192.0.2.1", 500),
                            UdpAddress.of("192.0.2.2", 500),
                            1500,
                            256,
                            Lifetime.UNLIMITED
                                    .withDeadlines(100_000_000_000L, 120_000_000_000L)
                                    .withBytes(1000, 2000),
                            SizePolicy.USUAL,
                            false),
                    0);
            JsonNode document = SaDatabase.document(dataPath.associations(), 20_000_000_000L);
            JsonNode pair = document.at("/items/0");
            assertThat(pair.path("protocol").asText()).isEqualTo("ESP");
            assertThat(pair.path("mode").asText()).isEqualTo("Tunnel");
            assertThat(pair.path("encapsulation").asText()).isEqualTo("None");
            assertThat(pair.path("esn").asBoolean()).isTrue();
            assertThat(pair.path("replayWindow").asInt()).isEqualTo(256);
            assertThat(pair.path("remoteEndpoint").asText()).isEqualTo("192.0.2.2");
            assertThat(pair.at("/lifetime").toString())
                    .isEqualTo("{\"softSeconds\":80,\"hardSeconds\":100,\"softBytes\":1000,\"hardBytes\":2000}");
            assertThat(pair.at("/out/spi").asText()).isEqualTo("c0de0002");
            assertThat(pair.at("/in/sequence").asLong()).isZero();
            assertThat(document.toString()).doesNotContain(HexFormat.of().formatHex(KEY, 0, 8));
        }
    }
}
