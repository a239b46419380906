package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.DecodeResult;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.KePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.testkit.Interceptor;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Additional key exchanges in IKE_INTERMEDIATE (RFC 9242, RFC 9370 §2.2.2), ML-KEM above all. */
class AdditionalKeyExchangeTest {
    private static final String MLKEM = "aes256gcm16-prfsha384-x25519-ke1_mlkem768";
    private static final String CLASSIC = "aes256gcm16-prfsha384-x25519";
    private static final NotifyPayload SUPPORTED = NotifyPayload.of(NotifyType.INTERMEDIATE_EXCHANGE_SUPPORTED);

    // --> IKE_SA_INIT { SAi1, KEi, Ni, N(INTERMEDIATE_EXCHANGE_SUPPORTED) }
    // <-- IKE_SA_INIT { SAr1, KEr, Nr, N(INTERMEDIATE_EXCHANGE_SUPPORTED) }
    // --> IKE_INTERMEDIATE { KEi(1) }
    // <-- IKE_INTERMEDIATE { KEr(1) }
    // …
    // --> IKE_AUTH { IDi, AUTH, SAi2, TSi, TSr }
    // <-- IKE_AUTH { IDr, AUTH, SAr2, TSi, TSr }
    @ParameterizedTest
    @ValueSource(
            strings = {
                "aes256gcm16-prfsha384-x25519-ke1_mlkem512",
                MLKEM,
                "aes256gcm16-prfsha384-x25519-ke1_mlkem1024",
                "aes256-sha256-modp2048-ke1_mlkem768",
                "chacha20poly1305-prfsha512-ecp256-ke1_ecp384",
                "aes256gcm16-prfsha384-x25519-ke1_mlkem768-ke2_mlkem1024-ke3_ecp521",
                "aes128gcm16-prfsha256-x25519-ke2_mlkem512-ke7_mlkem768"
            })
    void everyKeyExchangeHappensInItsOrder(String proposal) {
        EndpointPair pair =
                new EndpointPair(1).withTunnel(t -> t.ikeProposals(proposal), t -> t.ikeProposals(proposal));
        pair.awaitUp();
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.status().ikeSa().orElseThrow().proposal()).isEqualTo(proposal);
        assertThat(pair.b.status().ikeSa().orElseThrow().proposal()).isEqualTo(proposal);
        // the new keys hold for all that follows
        pair.b.command(new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.run(Duration.ofSeconds(2));
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void theBestThatBothCanIsChosen() {
        EndpointPair pair =
                new EndpointPair(2).withTunnel(t -> t.ikeProposals(MLKEM, CLASSIC), t -> t.ikeProposals(CLASSIC));
        pair.awaitUp();
        assertThat(pair.a.status().ikeSa().orElseThrow().proposal()).isEqualTo(CLASSIC);
        EndpointPair other =
                new EndpointPair(2).withTunnel(t -> t.ikeProposals(CLASSIC), t -> t.ikeProposals(MLKEM, CLASSIC));
        other.awaitUp();
        assertThat(other.a.status().ikeSa().orElseThrow().proposal()).isEqualTo(CLASSIC);
        EndpointPair optional =
                new EndpointPair(2).withTunnel(t -> t.ikeProposals(CLASSIC), t -> t.ikeProposals(MLKEM + "-ke1_none"));
        optional.awaitUp();
        assertThat(optional.a.status().ikeSa().orElseThrow().proposal()).isEqualTo(CLASSIC);
        EndpointPair byDefault = new EndpointPair(2)
                .withTunnel(AdditionalKeyExchangeTest::defaults, AdditionalKeyExchangeTest::defaults);
        byDefault.awaitUp();
        assertThat(byDefault.a.status().ikeSa().orElseThrow().proposal()).isEqualTo(MLKEM);
    }

    private static Tunnels defaults(Tunnels tunnel) {
        tunnel.ikeProposals = ProposalKeywords.defaults(SecurityProtocol.IKE);
        return tunnel;
    }

    @Test
    void aKeyExchangeThatOneSideDemandsAndTheOtherLacksIsNoProposalChosen() {
        EndpointPair pair = new EndpointPair(3).withTunnel(t -> t.ikeProposals(MLKEM), t -> t.ikeProposals(CLASSIC));
        pair.run(Duration.ofSeconds(5));
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.NO_PROPOSAL_CHOSEN);
        assertThat(pair.a.failure().orElseThrow().message()).contains("ke1_mlkem768");
        assertThat(pair.b.failure().orElseThrow().message()).contains("ke1_mlkem768");
    }

    /** Whoever strips the offer on the way changes what AUTH covers. */
    @Test
    void line16_anOfferThatIsStrippedOnTheWayFailsAtAuth() {
        EndpointPair pair = new EndpointPair(4);
        pair.network.intercept(datagram -> {
            if (IkeMessage.decode(datagram.payload()) instanceof DecodeResult.Ok(IkeMessage message)
                    && message.header().is(ExchangeType.IKE_SA_INIT)
                    && !message.header().response()) {
                return Interceptor.Fate.replace(new IkeMessage(
                                message.header(),
                                message.payloads().stream()
                                        .filter(p -> !p.equals(SUPPORTED))
                                        .toList())
                        .encode());
            }
            return Interceptor.Fate.DELIVER;
        });
        pair.withTunnel(t -> t.ikeProposals(MLKEM, CLASSIC), t -> t.ikeProposals(MLKEM, CLASSIC));
        pair.run(Duration.ofSeconds(5));
        assertThat(pair.a.everInstalled).isEmpty();
        assertThat(pair.b.everInstalled).isEmpty();
        assertThat(pair.b.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
    }

    // ---- an initiator with keys and no manners ----

    private static ScriptedPeer begun(String proposal) {
        return new ScriptedPeer(t -> t.ikeProposals(proposal)).init(SUPPORTED);
    }

    private static void refused(ScriptedPeer peer) {
        List<IkeMessage> heard = peer.heard();
        assertThat(heard)
                .singleElement()
                .satisfies(answer ->
                        assertThat(answer.has(NotifyType.INVALID_SYNTAX)).isTrue());
        assertThat(peer.installed).isEmpty();
        assertThat(peer.endpoint.establishedIkeSas()).isZero();
        assertThat(peer.endpoint.halfOpenIkeSas()).isZero();
    }

    /** A correct IKE_INTERMEDIATE; what AUTH has to cover of it is left out. */
    private static SecretBytes exchange(ScriptedPeer peer, int messageId, KeyExchangeMethod method)
            throws InvalidPublicValueException {
        KeyExchange ours = KeyExchange.generate(method, peer.random());
        peer.say(
                peer.request(ExchangeType.IKE_INTERMEDIATE, messageId),
                new KePayload(method.id(), Bytes.of(ours.publicValue())));
        IkeMessage answer = peer.heard().getFirst();
        return ours.agree(answer.first(KePayload.class).orElseThrow().data().toArray());
    }

    @Test
    void line16_skippedIntermediateFails() {
        ScriptedPeer peer = begun(MLKEM);
        peer.sayAuth(1, Bytes.EMPTY);
        refused(peer);
    }

    @Test
    void line16_oneOfTwoSkippedFails() throws InvalidPublicValueException {
        ScriptedPeer peer = begun(MLKEM + "-ke2_mlkem512");
        peer.furtherKeys(exchange(peer, 1, KeyExchangeMethod.ML_KEM_768));
        peer.sayAuth(2, Bytes.EMPTY);
        refused(peer);
    }

    @Test
    void line16_reorderedIntermediatesFail() {
        ScriptedPeer peer = begun(MLKEM + "-ke2_mlkem512");
        KeyExchange second = KeyExchange.generate(KeyExchangeMethod.ML_KEM_512, peer.random());
        peer.say(
                peer.request(ExchangeType.IKE_INTERMEDIATE, 1),
                new KePayload(second.method().id(), Bytes.of(second.publicValue())));
        refused(peer);
    }

    @Test
    void line16_oneIntermediateTooManyFails() throws InvalidPublicValueException {
        ScriptedPeer peer = begun(MLKEM);
        peer.furtherKeys(exchange(peer, 1, KeyExchangeMethod.ML_KEM_768));
        KeyExchange again = KeyExchange.generate(KeyExchangeMethod.ML_KEM_768, peer.random());
        peer.say(
                peer.request(ExchangeType.IKE_INTERMEDIATE, 2),
                new KePayload(again.method().id(), Bytes.of(again.publicValue())));
        refused(peer);
    }

    @Test
    void line16_intermediateThatWasNotNegotiatedFails() {
        ScriptedPeer peer = begun(CLASSIC);
        peer.say(peer.request(ExchangeType.IKE_INTERMEDIATE, 1));
        refused(peer);
    }

    @Test
    void line16_intermediateAfterAuthenticationChangesNoKeys() {
        ScriptedPeer peer = new ScriptedPeer().establish();
        KeyExchange again = KeyExchange.generate(KeyExchangeMethod.ML_KEM_768, peer.random());
        peer.say(
                peer.request(ExchangeType.IKE_INTERMEDIATE, 2),
                new KePayload(again.method().id(), Bytes.of(again.publicValue())));
        assertThat(peer.heard())
                .singleElement()
                .satisfies(answer ->
                        assertThat(answer.has(NotifyType.INVALID_SYNTAX)).isTrue());
        assertThat(peer.endpoint.establishedIkeSas()).isZero();
    }

    /** The answer to a request that is repeated comes with the keys of its time, though newer ones hold already. */
    @Test
    void line16_repeatedIntermediateGetsTheSameAnswer() {
        ScriptedPeer peer = begun(MLKEM);
        KeyExchange ours = KeyExchange.generate(KeyExchangeMethod.ML_KEM_768, peer.random());
        byte[] request = IkeMessage.of(
                        peer.request(ExchangeType.IKE_INTERMEDIATE, 1),
                        new KePayload(ours.method().id(), Bytes.of(ours.publicValue())))
                .encode(peer.keys().outbound());
        peer.say(request);
        byte[] answer = peer.received.removeFirst();
        peer.say(request);
        assertThat(peer.received).containsExactly(answer);
    }

    @Test
    void line15_unreducedKeyAndOneOfWrongLengthFail() {
        for (int length : new int[] {0, 1183, 1184, 1185}) {
            ScriptedPeer peer = begun(MLKEM);
            byte[] key = new byte[length];
            Arrays.fill(key, (byte) 0xff);
            peer.say(
                    peer.request(ExchangeType.IKE_INTERMEDIATE, 1),
                    new KePayload(KeyExchangeMethod.ML_KEM_768.id(), Bytes.of(key)));
            refused(peer);
        }
    }

    /** A ciphertext that was changed gives another secret, so what follows cannot be read. */
    @Test
    void line15_corruptCiphertextFailsAtAuth() throws InvalidPublicValueException {
        ScriptedPeer peer = begun(MLKEM);
        exchange(peer, 1, KeyExchangeMethod.ML_KEM_768).close();
        peer.furtherKeys(SecretBytes.copyOf(new byte[32]));
        peer.sayAuth(2, Bytes.EMPTY);
        assertThat(peer.received).isEmpty();
        assertThat(peer.endpoint.establishedIkeSas()).isZero();
    }

    /** RFC 9242 §3.3.2: AUTH covers the messages of IKE_INTERMEDIATE. */
    @Test
    void authThatDoesNotCoverTheIntermediateFails() throws InvalidPublicValueException {
        ScriptedPeer peer = begun(MLKEM);
        peer.furtherKeys(exchange(peer, 1, KeyExchangeMethod.ML_KEM_768));
        peer.sayAuth(2, Bytes.EMPTY);
        assertThat(peer.heard())
                .singleElement()
                .satisfies(answer ->
                        assertThat(answer.has(NotifyType.AUTHENTICATION_FAILED)).isTrue());
        assertThat(peer.installed).isEmpty();
    }
}
