package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.DeletePayload;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.message.SaProposal;
import dev.culvert.ike.message.TsPayload;
import dev.culvert.testkit.Interceptor;
import dev.culvert.wire.TrafficSelector;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that refuse our rekeying, rekey twice, never delete or never answer: traffic does not end in a black hole. */
class StubbornPeerTest {
    private static final int EXCHANGE_OFFSET = 18;
    private static final int FLAGS_OFFSET = 19;
    private static final int RESPONSE_FLAG = 0x20;

    /** PFS groups that differ show at the first rekeying; IKE_AUTH needs none, so authentication anew is the way on. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRekeyingThatIsRefusedForGoodIsReplacedByReauthenticationBeforeTheHardLifetime(boolean bHasLifetimesToo) {
        Duration soft = Duration.ofMinutes(10);
        Duration hard = Duration.ofMinutes(14);
        EndpointPair pair = new EndpointPair(1)
                .withTunnel(
                        t -> t.childProposals("aes128-sha256-ecp256").childTimes(soft, hard),
                        t -> bHasLifetimesToo
                                ? t.childProposals("aes128-sha256-x25519").childTimes(soft, hard)
                                : t.childProposals("aes128-sha256-x25519"));
        pair.awaitUp();
        pair.afterEachStep = () -> Agreement.assertUsable(pair.a, pair.b, Tunnels.CHILD);
        // --> CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, KEi, TSi, TSr }
        // <-- CREATE_CHILD_SA { N(NO_PROPOSAL_CHOSEN) }
        // ... once more, and then IKE_SA_INIT, IKE_AUTH, and a Delete of the old IKE SA
        pair.run(Duration.ofHours(3));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.count(AuditEvent.IKE_SA_ESTABLISHED)).isGreaterThan(10);
        assertThat(pair.a.removals)
                .extracting(Output.RemoveChildSa::reason)
                .doesNotContain(Output.RemovalReason.EXPIRED);
    }

    /** A peer that answers everything but our rekeying counts as dead in the end, and is met again at once. */
    @Test
    void aRekeyingThatIsNeverAnsweredEndsInANewIkeSa() {
        EndpointPair pair = new EndpointPair(2)
                .withTunnel(t -> t.dpd(Duration.ofSeconds(30), Duration.ZERO, DpdConfig.Action.RESTART), t -> t);
        pair.awaitUp();
        int old = pair.a.pair(Tunnels.CHILD).spiIn();
        pair.network.intercept(datagram ->
                isAnswerToCreateChild(datagram.payload()) ? Interceptor.Fate.DROP : Interceptor.Fate.DELIVER);
        pair.a.command(new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.afterEachStep = () -> {
            if (pair.a.count(AuditEvent.PEER_UNREACHABLE) == 0) {
                Agreement.assertUsable(pair.a, pair.b, Tunnels.CHILD);
            }
        };
        pair.await(Duration.ofMinutes(4), () -> pair.a.count(AuditEvent.PEER_UNREACHABLE) == 1);
        pair.await(Duration.ofSeconds(5), () -> !pair.a.pairs(Tunnels.CHILD).isEmpty() && pair.a.isEstablished());
        pair.run(Duration.ofMinutes(5));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isNotEqualTo(old);
    }

    private static boolean isAnswerToCreateChild(byte[] message) {
        return message[EXCHANGE_OFFSET] == ExchangeType.CREATE_CHILD_SA.id()
                && (message[FLAGS_OFFSET] & RESPONSE_FLAG) != 0;
    }

    // ---- as the responder of a peer's rekeying ----

    private final ScriptedPeer peer = new ScriptedPeer().establish();

    private IkeMessage rekey(int messageId, int oldSpi, int newSpi) {
        peer.say(
                peer.request(ExchangeType.CREATE_CHILD_SA, messageId),
                NotifyPayload.aboutEsp(NotifyType.REKEY_SA, oldSpi),
                new SaPayload(List.of(SaProposal.of(
                        1, Bytes.ofInt(newSpi), Tunnels.esp("aes256gcm16").getFirst()))),
                new NoncePayload(Bytes.of(new byte[32])),
                TsPayload.initiator(List.of(TrafficSelector.parse("10.2.0.0/16"))),
                TsPayload.responder(List.of(TrafficSelector.parse("10.1.0.0/16"))));
        return peer.heard().getFirst();
    }

    @Test
    void aPeerThatRekeysTwiceGetsOneNewPair() {
        int old = peer.installed.iterator().next();
        // --> CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, TSi, TSr }
        // <-- CREATE_CHILD_SA { SA, Nr, TSi, TSr }
        assertThat(rekey(2, ScriptedPeer.ESP_SPI, 0x1001).errorNotify()).isEmpty();
        assertThat(peer.installed).hasSize(2);
        assertThat(peer.sending).isEqualTo(old);
        // --> the same again, as a new request
        // <-- CREATE_CHILD_SA { N(TEMPORARY_FAILURE) }
        assertThat(rekey(3, ScriptedPeer.ESP_SPI, 0x1002).has(NotifyType.TEMPORARY_FAILURE))
                .isTrue();
        assertThat(peer.installed).hasSize(2).contains(old);
        // The second request shows that the peer has the new pair.
        assertThat(peer.sending).isNotEqualTo(old);
        // --> INFORMATIONAL { D }
        // <-- INFORMATIONAL { D }
        peer.say(peer.request(ExchangeType.INFORMATIONAL, 4), DeletePayload.ofEsp(List.of(ScriptedPeer.ESP_SPI)));
        assertThat(peer.heard()
                        .getFirst()
                        .first(DeletePayload.class)
                        .orElseThrow()
                        .childSpis())
                .containsExactly(old);
        assertThat(peer.installed).hasSize(1).contains(peer.sending);
    }

    @Test
    void aPeerThatNeverDeletesTheOldPairHasItDeleted() {
        int old = peer.installed.iterator().next();
        rekey(2, ScriptedPeer.ESP_SPI, 0x1001);
        assertThat(peer.sending).isEqualTo(old);
        // --> INFORMATIONAL { }: the peer has the new pair
        peer.say(peer.request(ExchangeType.INFORMATIONAL, 3));
        peer.heard();
        assertThat(peer.sending).isNotEqualTo(old);
        assertThat(peer.installed).contains(old);
        // <-- INFORMATIONAL { D }
        peer.now += Duration.ofSeconds(31).toNanos();
        peer.endpoint.timeout(peer.now);
        peer.drain();
        IkeMessage delete = peer.heard().getFirst();
        assertThat(delete.first(DeletePayload.class).orElseThrow().childSpis()).containsExactly(old);
        // --> INFORMATIONAL { D }
        peer.say(
                peer.response(ExchangeType.INFORMATIONAL, delete.header().messageId()),
                DeletePayload.ofEsp(List.of(ScriptedPeer.ESP_SPI)));
        assertThat(peer.installed).hasSize(1).contains(peer.sending);
    }

    /** Without a sign that the peer has the new pair, the old one goes on sending while the request may be repeated. */
    @Test
    void aNewPairThatThePeerMayNotHaveIsNotUsed() {
        int old = peer.installed.iterator().next();
        rekey(2, ScriptedPeer.ESP_SPI, 0x1001);
        peer.now += Duration.ofMinutes(2).toNanos();
        peer.endpoint.timeout(peer.now);
        peer.drain();
        assertThat(peer.sending).isEqualTo(old);
        assertThat(peer.installed).hasSize(2);
        // By then every peer has given up repeating.
        peer.now += Duration.ofMinutes(1).toNanos();
        peer.endpoint.timeout(peer.now);
        peer.drain();
        assertThat(peer.sending).isNotEqualTo(old);
    }
}
