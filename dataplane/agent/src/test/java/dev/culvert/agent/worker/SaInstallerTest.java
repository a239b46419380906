package dev.culvert.agent.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.agent.worker.SaInstaller.ChildName;
import dev.culvert.agent.worker.SaInstaller.ChildSettings;
import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.endpoint.ChildSaParameters;
import dev.culvert.ike.endpoint.IpsecMode;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.ipsec.mtu.SizePolicy;
import dev.culvert.ipsec.sad.Lifetime;
import dev.culvert.ipsec.sad.SaSnapshot;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class SaInstallerTest {
    private static final ChildName NET = new ChildName("default/branch", "net");
    private static final int SPI_IN = 0x1001;

    @AutoClose
    private final SaInstaller installer = new SaInstaller(RandomSource.seeded(1), event -> true);

    @Test
    void anSaHasTheConfiguredLimits() {
        configure(new ChildSettings(64, 1400, SizePolicy.USUAL, 1_000_000, 5_000));
        install();
        assertThat(sa().lifetime().hardBytes()).isEqualTo(2_000_000);
        assertThat(sa().lifetime().hardPackets()).isEqualTo(10_000);
        assertThat(sa().replayWindow()).isEqualTo(64);
        assertThat(sa().outerMtu()).isEqualTo(1400);
    }

    @Test
    void aRunningSaTakesUpChangedLimitsAndMtu() {
        configure(new ChildSettings(64, 1400, SizePolicy.USUAL, 0, 0));
        install();
        assertThat(sa().lifetime()).isEqualTo(Lifetime.UNLIMITED);
        configure(new ChildSettings(128, 1300, SizePolicy.USUAL, 1_000_000, 0));
        Lifetime limited = sa().lifetime();
        assertThat(limited.softBytes()).isBetween(900_000L, 1_000_000L);
        assertThat(sa().outerMtu()).isEqualTo(1300);
        assertThat(sa().replayWindow()).as("counts from the next SA on").isEqualTo(64);
        configure(new ChildSettings(128, 1300, SizePolicy.USUAL, 1_000_000, 0));
        assertThat(sa().lifetime()).as("not drawn anew").isSameAs(limited);
    }

    @Test
    void anSaIsRekeyedBeforeThePeerTakesItNoMore() {
        configure(new ChildSettings(64, 1400, SizePolicy.USUAL, 0, 0));
        install(10_000_000);
        assertThat(sa().lifetime().hardBytes()).isEqualTo(10_000_000);
        assertThat(sa().lifetime().softBytes()).isBetween(4_500_000L, 5_000_000L);
        configure(new ChildSettings(64, 1400, SizePolicy.USUAL, 4_000_000, 0));
        assertThat(sa().lifetime().softBytes()).isBetween(3_600_000L, 4_000_000L);
        configure(new ChildSettings(64, 1400, SizePolicy.USUAL, 100_000_000, 0));
        assertThat(sa().lifetime().hardBytes()).isEqualTo(10_000_000);
    }

    private void configure(ChildSettings settings) {
        installer.configure(List.of(), Map.of(NET, settings));
    }

    private SaSnapshot sa() {
        return installer.association(SPI_IN).orElseThrow();
    }

    private void install() {
        install(0);
    }

    private void install(long lifeBytes) {
        ChildSuite suite = ChildSuite.of(ProposalKeywords.parse(SecurityProtocol.ESP, "aes256gcm16"));
        installer.install(new Output.InstallChildSa(
                NET.tunnel(),
                NET.child(),
                new ChildSaParameters(
                        SPI_IN,
                        0x2001,
                        suite,
                        IpsecMode.TUNNEL,
                        key(suite.encryptionKeyLength()),
                        key(0),
                        key(suite.encryptionKeyLength()),
                        key(0),
                        List.of(TrafficSelector.parse("10.1.0.0/16")),
                        List.of(TrafficSelector.parse("10.2.0.0/16")),
                        UdpAddress.of("192.0.2.1", 4500),
                        UdpAddress.of("192.0.2.2", 4500),
                        Carrier.UDP,
                        false,
                        false,
                        true,
                        Optional.empty(),
                        lifeBytes),
                true));
    }

    private static SecretBytes key(int length) {
        return SecretBytes.wrap(RandomSource.seeded(7).bytes(length));
    }
}
