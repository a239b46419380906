package dev.culvert.ike.v2.keymat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.Prf;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.message.AuthPayload;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.Capture;
import dev.culvert.ike.message.IdPayload;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.message.SaProposal;
import dev.culvert.ike.sa.SaKeys;
import dev.culvert.ike.v2.auth.Handshake;
import dev.culvert.ike.v2.auth.PeerAbilities;
import dev.culvert.ike.v2.auth.PskAuthentication;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Key derivation and AUTH against what strongSwan logged of recorded sessions (RFC 7296 §2.14, §2.15, §2.17, §2.18). */
class CapturedKeysTest {
    private static final SecretBytes PSK = SecretBytes.copyOf("culvert-test-psk".getBytes(StandardCharsets.US_ASCII));

    static Stream<Session> sessions() {
        return Stream.of(
                Session.read("strongswan-aes128gcm16.txt", "aes128gcm16-prfsha256-x25519", "aes128gcm16"),
                Session.read("strongswan-aes256cbc-fragments.txt", "aes256-sha256-modp2048", "aes256-sha256"));
    }

    record Session(Capture capture, IkeSuite ike, ChildSuite esp) {
        static Session read(String resource, String ike, String esp) {
            IkeSuite suite = IkeSuite.of(ProposalKeywords.parse(SecurityProtocol.IKE, ike));
            return new Session(
                    Capture.read(resource, suite),
                    suite,
                    ChildSuite.of(ProposalKeywords.parse(SecurityProtocol.ESP, esp)));
        }

        @Override
        public String toString() {
            return ike.keywords();
        }

        Capture.Keys firstIkeSa() {
            return capture.ikeSas().getFirst();
        }

        IkeKeys derivedKeys() {
            IkeMessage response = capture.messages().get(1);
            return IkeKeys.initial(
                    ike,
                    firstIkeSa().get("secret"),
                    nonce(0),
                    nonce(1),
                    response.header().initiatorSpi(),
                    response.header().responderSpi());
        }

        byte[] nonce(int message) {
            return capture.messages()
                    .get(message)
                    .first(NoncePayload.class)
                    .orElseThrow()
                    .data()
                    .toArray();
        }
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void firstIkeSa(Session session) {
        assertKeys(session.derivedKeys(), session.firstIkeSa());
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void rekeyedIkeSa(Session session) {
        List<IkeMessage> messages = session.capture.messages();
        Capture.Keys expected = session.capture.ikeSas().get(1);
        IkeKeys keys = IkeKeys.rekeyed(
                session.ike,
                Prf.of(session.ike.prf()),
                session.firstIkeSa().get("sk_d"),
                expected.get("secret"),
                session.nonce(8),
                session.nonce(9),
                spi(messages.get(8)),
                spi(messages.get(9)));
        assertKeys(keys, expected);
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void firstChildSa(Session session) {
        ChildKeys keys = ChildKeys.derive(
                Prf.of(session.ike.prf()),
                session.firstIkeSa().get("sk_d"),
                session.esp,
                Optional.empty(),
                session.nonce(0),
                session.nonce(1));
        assertKeys(keys, session.capture.childSas().get(0));
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void rekeyedChildSa(Session session) {
        Capture.Keys expected = session.capture.childSas().get(1);
        ChildKeys keys = ChildKeys.derive(
                Prf.of(session.ike.prf()),
                session.firstIkeSa().get("sk_d"),
                session.esp,
                expected.has("secret") ? Optional.of(expected.get("secret")) : Optional.empty(),
                session.nonce(4),
                session.nonce(5));
        assertKeys(keys, expected);
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void preSharedKeyAuthentication(Session session) {
        Handshake handshake = new Handshake(
                session.capture.octets(0),
                session.capture.octets(1),
                Bytes.of(session.nonce(0)),
                Bytes.of(session.nonce(1)),
                PeerAbilities.NONE);
        SaKeys keys = new SaKeys(session.ike, session.derivedKeys(), true, RandomSource.seeded(1));
        PskAuthentication authentication = new PskAuthentication(handshake, keys, PSK);
        PskAuthentication wrongSecret =
                new PskAuthentication(handshake, keys, SecretBytes.copyOf(new byte[] {1, 2, 3}));
        for (boolean initiator : new boolean[] {true, false}) {
            IkeMessage message = session.capture.messages().get(initiator ? 2 : 3);
            IdPayload id = message.all(IdPayload.class).getFirst();
            AuthPayload auth = message.first(AuthPayload.class).orElseThrow();
            assertThat(authentication.sign(initiator, id)).isEqualTo(auth);
            assertThat(authentication.verify(initiator, id, auth)).isPresent();
            assertThat(authentication.verify(!initiator, id, auth)).isEmpty();
            assertThat(wrongSecret.verify(initiator, id, auth)).isEmpty();
        }
    }

    private static long spi(IkeMessage rekeying) {
        List<SaProposal> proposals =
                rekeying.first(SaPayload.class).orElseThrow().proposals();
        return proposals.getFirst().spi().u64(0);
    }

    private static void assertKeys(IkeKeys keys, Capture.Keys expected) {
        assertSecret(keys.skD(), expected, "sk_d");
        assertSecret(keys.skAi(), expected, "sk_ai");
        assertSecret(keys.skAr(), expected, "sk_ar");
        assertSecret(keys.skEi(), expected, "sk_ei");
        assertSecret(keys.skEr(), expected, "sk_er");
        assertSecret(keys.skPi(), expected, "sk_pi");
        assertSecret(keys.skPr(), expected, "sk_pr");
    }

    private static void assertKeys(ChildKeys keys, Capture.Keys expected) {
        assertSecret(keys.encryptionFromInitiator(), expected, "encryption_initiator");
        assertSecret(keys.encryptionFromResponder(), expected, "encryption_responder");
        assertSecret(keys.integrityFromInitiator(), expected, "integrity_initiator");
        assertSecret(keys.integrityFromResponder(), expected, "integrity_responder");
    }

    private static void assertSecret(SecretBytes actual, Capture.Keys expected, String name) {
        assertThat(Bytes.of(actual.bytes()))
                .as(name)
                .isEqualTo(Bytes.of(expected.get(name).bytes()));
    }
}
