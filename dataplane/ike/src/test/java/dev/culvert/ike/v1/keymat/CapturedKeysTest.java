package dev.culvert.ike.v1.keymat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.message.ExchangeType;
import dev.culvert.ike.v1.message.HashPayload;
import dev.culvert.ike.v1.message.NoncePayload;
import dev.culvert.ike.v1.message.SaPayload;
import dev.culvert.ike.v1.message.V1Message;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Keys, chains of IVs and hashes against sessions that strongSwan had with itself: SKEYID (RFC 2409 §5), the cipher's key
 * longer than the PRF's output (appendix B: AES-256 and 3DES with SHA-1 and MD5), HASH(1) to HASH(3), KEYMAT with and
 * without PFS (§5.5).
 */
class CapturedKeysTest {
    static List<CapturedSession> sessions() {
        return CapturedSession.all();
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void keysOfPhaseOne(CapturedSession session) {
        IsakmpKeys keys = session.keys();
        assertThat(keys.skeyid().bytes())
                .isEqualTo(session.ike().octets("skeyid").toArray());
        assertThat(keys.skeyidD().bytes())
                .isEqualTo(session.ike().octets("skeyid_d").toArray());
        assertThat(keys.skeyidA().bytes())
                .isEqualTo(session.ike().octets("skeyid_a").toArray());
        assertThat(keys.skeyidE().bytes())
                .isEqualTo(session.ike().octets("skeyid_e").toArray());
        if (session.ike().has("ka")) {
            assertThat(keys.cipherKey().bytes())
                    .isEqualTo(session.ike().octets("ka").toArray());
        }
        assertThat(keys.phaseOneChain(session.values()).lastBlock())
                .isEqualTo(session.ike().octets("iv"));
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void quickMode(CapturedSession session) {
        IsakmpKeys keys = session.keys();
        CipherChain phaseOne = keys.phaseOneChain(session.values());
        session.openPhaseOne(phaseOne);
        int messageId = session.messageIds(ExchangeType.QUICK).getFirst();
        List<V1Message> messages = session.open(keys.phaseTwoChain(phaseOne, messageId), messageId);

        assertThat(messages).hasSize(3);
        Bytes ni = nonce(messages.get(0));
        Bytes nr = nonce(messages.get(1));
        assertThat(keys.hash1(messageId, messages.get(0).octetsBehindFirst()).matches(hash(messages.get(0))))
                .isTrue();
        assertThat(keys.hash2(messageId, ni, messages.get(1).octetsBehindFirst())
                        .matches(hash(messages.get(1))))
                .isTrue();
        assertThat(keys.hash3(messageId, ni, nr).matches(hash(messages.get(2)))).isTrue();
        assertThat(keys.hash3(messageId + 1, ni, nr).matches(hash(messages.get(2))))
                .isFalse();

        ChildSuite suite = session.childSuite();
        Optional<SecretBytes> gxy =
                session.child().has("gxy_qm") ? Optional.of(session.child().secret("gxy_qm")) : Optional.empty();
        assertThat(suite.keyExchange().isPresent()).isEqualTo(gxy.isPresent());
        DirectionKeys fromInitiator = keys.keymat(suite, gxy, spi(messages.get(1)), ni, nr);
        DirectionKeys fromResponder = keys.keymat(suite, gxy, spi(messages.get(0)), ni, nr);
        assertThat(fromInitiator.encryption().bytes())
                .isEqualTo(session.child().octets("encr_i").toArray());
        assertThat(fromResponder.encryption().bytes())
                .isEqualTo(session.child().octets("encr_r").toArray());
        if (session.child().has("integ_i")) {
            assertThat(fromInitiator.integrity().bytes())
                    .isEqualTo(session.child().octets("integ_i").toArray());
            assertThat(fromResponder.integrity().bytes())
                    .isEqualTo(session.child().octets("integ_r").toArray());
        } else {
            assertThat(fromInitiator.integrity().length()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void deletes(CapturedSession session) {
        IsakmpKeys keys = session.keys();
        CipherChain phaseOne = keys.phaseOneChain(session.values());
        session.openPhaseOne(phaseOne);
        List<Integer> exchanges = session.messageIds(ExchangeType.INFORMATIONAL);
        assertThat(exchanges).hasSize(2);
        for (int messageId : exchanges) {
            V1Message message = session.open(keys.phaseTwoChain(phaseOne, messageId), messageId)
                    .getFirst();
            assertThat(keys.hash1(messageId, message.octetsBehindFirst()).matches(hash(message)))
                    .isTrue();
        }
    }

    /** The quick mode's second message, repeated before the third and forged, decrypts to nothing and moves nothing. */
    @Test
    void whatIsNotAcceptedLeavesTheChainAlone() {
        CapturedSession session = CapturedSession.read("strongswan-main-psk.txt");
        IsakmpKeys keys = session.keys();
        CipherChain phaseOne = keys.phaseOneChain(session.values());
        session.openPhaseOne(phaseOne);
        int messageId = session.messageIds(ExchangeType.QUICK).getFirst();
        CipherChain sender = keys.phaseTwoChain(phaseOne, messageId);
        CipherChain receiver = keys.phaseTwoChain(phaseOne, messageId);
        byte[] first = new byte[] {1, 2, 3};
        byte[] second = new byte[20];

        Bytes one = Bytes.of(sender.seal(first));
        CipherChain.Opened opened = receiver.open(one).orElseThrow();
        assertThat(opened.payloads()).isEqualTo(Bytes.ofHex("010203" + "00".repeat(13)));
        assertThat(receiver.open(one).orElseThrow()).as("not accepted yet").isEqualTo(opened);
        receiver.accept(opened);

        assertThat(receiver.open(one).orElseThrow().payloads()).as("late").isNotEqualTo(opened.payloads());
        assertThat(receiver.open(Bytes.of(new byte[32]))).as("forged").isPresent();
        assertThat(receiver.open(Bytes.of(new byte[31]))).as("no whole blocks").isEmpty();
        assertThat(receiver.open(Bytes.EMPTY)).isEmpty();
        assertThat(receiver.open(Bytes.of(sender.seal(second))).orElseThrow().payloads())
                .isEqualTo(Bytes.of(new byte[32]));
    }

    private static Bytes nonce(V1Message message) {
        return message.body(message.first(NoncePayload.class).orElseThrow());
    }

    private static Bytes hash(V1Message message) {
        assertThat(message.payloads().getFirst()).isInstanceOf(HashPayload.class);
        return message.body(message.payloads().getFirst());
    }

    private static int spi(V1Message message) {
        return message.first(SaPayload.class)
                .orElseThrow()
                .proposals()
                .getFirst()
                .spi()
                .u32(0);
    }
}
