package dev.culvert.ipsec;

import static dev.culvert.ipsec.translate.TestPackets.assertRight;
import static dev.culvert.ipsec.translate.TestPackets.ends;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.ipsec.spd.Policy;
import dev.culvert.ipsec.translate.TestPackets;
import dev.culvert.ipsec.translate.Translation;
import dev.culvert.ipsec.translate.Translation.Side;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.TcpHeader;
import dev.culvert.wire.TrafficSelector;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two gateways, both in front of a network 10.1.0.0/16. The left one translates: its hosts are 10.101.0.0/16 to the peer
 * or share 10.101.0.1, and the peer's are 10.102.0.0/16 to them. The right one knows nothing of it.
 */
class TranslationTest {
    private static final List<TrafficSelector> SAME = List.of(TrafficSelector.parse("10.1.0.0/16"));
    private static final List<TrafficSelector> US = List.of(TrafficSelector.parse("10.101.0.0/16"));
    private static final List<TrafficSelector> PEER_AS_WE_SEE_IT = List.of(TrafficSelector.parse("10.102.0.0/16"));

    private final Gateway left = new Gateway();
    private final Gateway right = new Gateway().protecting(SAME, US);
    private final SaBuilder pair = new SaBuilder().selectors(US, SAME);

    private static Translation rule(Side side, Translation.Type type, String from, String to) {
        return new Translation(side, type, IpPrefix.parse(from), IpPrefix.parse(to));
    }

    private static List<Translation> rules(Translation.Type ofOurs) {
        return List.of(
                rule(
                        Side.LOCAL,
                        ofOurs,
                        "10.1.0.0/16",
                        ofOurs == Translation.Type.ONE_TO_ONE ? "10.101.0.0/16" : "10.101.0.1/32"),
                rule(Side.REMOTE, Translation.Type.ONE_TO_ONE, "10.1.0.0/16", "10.102.0.0/16"));
    }

    private void policy(List<Translation> rules, boolean holding) {
        left.dataPath.policies(List.of(new Policy.Protect("branch", "net", SAME, PEER_AS_WE_SEE_IT, holding, rules)));
    }

    private void connect(Translation.Type ofOurs) {
        policy(rules(ofOurs), false);
        left.dataPath.install(pair.build(), left.now);
        right.dataPath.install(pair.mirrored(), right.now);
    }

    private byte[] toRight(byte[] packet) {
        right.receiveFrom(SaBuilder.LEFT, left.seal(packet));
        byte[] received = right.toTun.removeLast();
        assertRight(received);
        return received;
    }

    private byte[] toLeft(byte[] packet) {
        left.receive(right.seal(packet));
        byte[] received = left.toTun.removeLast();
        assertRight(received);
        return received;
    }

    @Test
    void equalNetworksReachEachOther() {
        connect(Translation.Type.ONE_TO_ONE);
        assertThat(ends(toRight(TestPackets.tcp("10.1.0.5", 40000, "10.102.0.9", 80, TcpHeader.SYN))))
                .isEqualTo("10.101.0.5:40000 > 10.1.0.9:80");
        assertThat(ends(toLeft(TestPackets.tcp("10.1.0.9", 80, "10.101.0.5", 40000, TcpHeader.ACK))))
                .isEqualTo("10.102.0.9:80 > 10.1.0.5:40000");
        assertThat(ends(toLeft(TestPackets.echo("10.1.0.9", "10.101.0.77", 3)))).isEqualTo("10.102.0.9:3 > 10.1.0.77");
        assertThat(left.drops()).isEmpty();
        assertThat(right.drops()).isEmpty();
    }

    @Test
    void aMasqueradedNetworkAsksAndIsNotAsked() {
        connect(Translation.Type.MASQUERADE);
        assertThat(ends(toRight(TestPackets.udp("10.1.0.5", 5000, "10.102.0.9", 53, 30))))
                .isEqualTo("10.101.0.1:5000 > 10.1.0.9:53");
        assertThat(ends(toLeft(TestPackets.udp("10.1.0.9", 53, "10.101.0.1", 5000, 30))))
                .isEqualTo("10.102.0.9:53 > 10.1.0.5:5000");
        left.receive(right.seal(TestPackets.tcp("10.1.0.9", 5, "10.101.0.1", 22, TcpHeader.SYN)));
        assertThat(left.toTun).isEmpty();
        left.send(TestPackets.echoReply("10.1.0.5", "10.102.0.9", 9));
        assertThat(left.drops()).containsExactly("OUT_UNTRANSLATABLE=1", "IN_NO_TRANSLATION=1");
    }

    /** The addresses in the tunnel are the SA's, those at our hosts the policy's; neither does for the other. */
    @Test
    void selectorsAreOfTheAddressesInTheTunnel() {
        connect(Translation.Type.ONE_TO_ONE);
        left.send(
                TestPackets.udp("10.101.0.5", 1, "10.102.0.9", 2, 9), TestPackets.udp("10.1.0.5", 1, "10.1.0.9", 2, 9));
        assertThat(left.drops()).containsExactly("OUT_NO_POLICY=2");
        right.protecting(SAME, PEER_AS_WE_SEE_IT);
        right.dataPath.install(
                pair.spis(0x1002, 0x2002).selectors(PEER_AS_WE_SEE_IT, SAME).mirrored(), 0);
        left.dataPath.install(pair.selectors(US, SAME).build(), 0);
        left.receive(right.seal(TestPackets.udp("10.1.0.9", 1, "10.102.0.5", 2, 9)));
        assertThat(left.toTun).isEmpty();
        assertThat(left.drops(DropReason.IN_SELECTOR_MISMATCH)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Translation.Type.class)
    void tooBigIsAnsweredInAddressesThatTheHostKnows(Translation.Type ofOurs) {
        policy(rules(ofOurs), false);
        left.dataPath.install(pair.outerMtu(1000).build(), 0);
        byte[] packet = Inner.withDontFragment(TestPackets.udp("10.1.0.5", 5000, "10.102.0.9", 53, 1200));
        left.send(packet);
        assertThat(left.toUdp).isEmpty();
        byte[] answer = left.toTun.getFirst();
        assertThat(ends(answer)).isEqualTo("10.102.0.9 > 10.1.0.5");
        assertThat(TestPackets.quote(answer)).isEqualTo(Inner.cut(packet, 548));
        assertRight(answer);
    }

    @Test
    void packetsThatWaitAreTranslatedWhenTheyGo() {
        policy(rules(Translation.Type.MASQUERADE), true);
        left.send(TestPackets.udp("10.1.0.5", 5000, "10.102.0.9", 53, 30));
        assertThat(left.drops()).isEmpty();
        assertThat(left.events(DataPathEvent.Acquire.class)).singleElement().satisfies(acquire -> {
            assertThat(acquire.local()).hasToString("10.101.0.1/32[17/5000]");
            assertThat(acquire.remote()).hasToString("10.1.0.9/32[17/53]");
        });
        left.dataPath.install(pair.build(), left.now);
        right.dataPath.install(pair.mirrored(), right.now);
        left.release();
        right.receiveFrom(SaBuilder.LEFT, left.toUdp.getFirst());
        assertThat(ends(right.toTun.getFirst())).isEqualTo("10.101.0.1:5000 > 10.1.0.9:53");
        assertRight(right.toTun.getFirst());
    }

    /** Masquerading has to see ports: fragments are put together, both on their way out and on their way in. */
    @Test
    void fragmentsOfMasqueradedPackets() {
        connect(Translation.Type.MASQUERADE);
        byte[] request = TestPackets.udp("10.1.0.5", 5000, "10.102.0.9", 53, 3000);
        left.send(Fragments.cut(request, 1400).toArray(byte[][]::new));
        left.toUdp.forEach(datagram -> right.receiveFrom(SaBuilder.LEFT, datagram));
        byte[] whole = Fragments.together(right.toTun);
        assertThat(ends(whole)).isEqualTo("10.101.0.1:5000 > 10.1.0.9:53");
        assertRight(whole);

        byte[] response = TestPackets.udp("10.1.0.9", 53, "10.101.0.1", 5000, 4000);
        List<byte[]> fragments = Fragments.cut(response, 1400);
        fragments.reversed().forEach(fragment -> left.receive(right.seal(fragment)));
        byte[] received = left.toTun.getFirst();
        assertThat(ends(received)).isEqualTo("10.102.0.9:53 > 10.1.0.5:5000");
        assertRight(received);
        assertThat(left.drops()).isEmpty();

        left.receive(right.seal(fragments.getFirst()));
        left.receive(right.seal(fragments.getFirst()));
        assertThat(left.drops()).containsExactly("IN_BAD_FRAGMENT=1");
    }

    @Test
    void fragmentsOfOneToOneNeedNotWaitForEachOther() {
        connect(Translation.Type.ONE_TO_ONE);
        List<byte[]> fragments = Fragments.cut(TestPackets.udp("10.1.0.9", 53, "10.101.0.5", 5000, 4000), 1400);
        left.receive(right.seal(fragments.getLast()));
        assertThat(left.toTun).hasSize(1);
        for (byte[] fragment : fragments.subList(0, fragments.size() - 1)) {
            left.receive(right.seal(fragment));
        }
        byte[] whole = Fragments.together(left.toTun);
        assertThat(ends(whole)).isEqualTo("10.102.0.9:53 > 10.1.0.5:5000");
        assertRight(whole);
    }

    @Test
    void sessionsOutliveRekeyingAndOtherChangesOfTheConfiguration() {
        connect(Translation.Type.MASQUERADE);
        toRight(TestPackets.udp("10.1.0.6", 5000, "10.102.0.9", 53, 30));
        String seen = ends(toRight(TestPackets.udp("10.1.0.5", 5000, "10.102.0.9", 53, 30)));
        left.dataPath.policies(List.of(
                new Policy.Protect("other", "net", SAME, List.of(TrafficSelector.parse("10.9.0.0/16"))),
                new Policy.Protect(
                        "branch", "net", SAME, PEER_AS_WE_SEE_IT, true, rules(Translation.Type.MASQUERADE))));
        left.dataPath.remove(0x1001);
        right.dataPath.remove(0x2001);
        pair.spis(0x1002, 0x2002);
        left.dataPath.install(pair.build(), 0);
        right.dataPath.install(pair.mirrored(), 0);
        assertThat(ends(toRight(TestPackets.udp("10.1.0.5", 5000, "10.102.0.9", 53, 30))))
                .isEqualTo(seen);
    }

    @Test
    void newRulesHoldForRunningSas() {
        connect(Translation.Type.MASQUERADE);
        policy(rules(Translation.Type.ONE_TO_ONE), false);
        assertThat(ends(toRight(TestPackets.echo("10.1.0.5", "10.102.0.9", 3)))).isEqualTo("10.101.0.5:3 > 10.1.0.9");
        assertThat(ends(toLeft(TestPackets.echo("10.1.0.9", "10.101.0.5", 3)))).isEqualTo("10.102.0.9:3 > 10.1.0.5");
    }

    /** What a peer still sends when its tunnel is gone from the configuration must not go on to where it is addressed. */
    @Test
    void withoutAPolicyAnSaGoesOnTranslating() {
        connect(Translation.Type.ONE_TO_ONE);
        left.dataPath.policies(List.of());
        assertThat(ends(toLeft(TestPackets.echo("10.1.0.9", "10.101.0.5", 3)))).isEqualTo("10.102.0.9:3 > 10.1.0.5");
    }

    /** Two peers with the same network, at addresses of their own to us. */
    @Test
    void peersWithEqualNetworksAreToldApart() {
        List<TrafficSelector> other = List.of(TrafficSelector.parse("10.103.0.0/16"));
        left.dataPath.policies(List.of(
                new Policy.Protect("branch", "net", SAME, PEER_AS_WE_SEE_IT, false, rules(Translation.Type.ONE_TO_ONE)),
                new Policy.Protect(
                        "second",
                        "net",
                        SAME,
                        other,
                        false,
                        List.of(
                                rule(Side.LOCAL, Translation.Type.ONE_TO_ONE, "10.1.0.0/16", "10.101.0.0/16"),
                                rule(Side.REMOTE, Translation.Type.ONE_TO_ONE, "10.1.0.0/16", "10.103.0.0/16")))));
        left.dataPath.install(pair.build(), 0);
        left.dataPath.install(pair.names("second", "net").spis(0x1002, 0x2002).build(), 0);
        Gateway second = new Gateway().protecting(SAME, US);
        second.dataPath.install(pair.names("branch", "net").mirrored(), 0);
        second.receiveFrom(SaBuilder.LEFT, left.seal(TestPackets.echo("10.1.0.5", "10.103.0.9", 3)));
        assertThat(ends(second.toTun.getFirst())).isEqualTo("10.101.0.5:3 > 10.1.0.9");
        left.receive(second.seal(TestPackets.echoReply("10.1.0.9", "10.101.0.5", 3)));
        assertThat(ends(left.toTun.getFirst())).isEqualTo("10.103.0.9 > 10.1.0.5:3");
    }
}
