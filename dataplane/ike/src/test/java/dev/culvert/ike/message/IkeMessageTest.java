package dev.culvert.ike.message;

import static dev.culvert.ike.message.Messages.hex;
import static dev.culvert.ike.message.Messages.initRequest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.culvert.wire.TrafficSelector;
import java.io.ByteArrayOutputStream;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IkeMessageTest {
    /**
     * An IKE_SA_INIT request from a capture in the unit tests of Android's IKE library (packages/modules/IPsec,
     * IkeMessageTest, Apache-2.0).
     */
    private static final byte[] ANDROID_INIT = hex("""
            8f54bf6d8b48e6e10000000000000000212022080000000000000150
            220000300000002c010100040300000c0100000c800e00800300000803000002
            030000080400000200000008020000022800008800020000b4a2faf4bb54878a
            e21d638512ece55d9236fc5046ab6cef82220f421f3ce6361faf36564ecb6d28
            798a94aad7b2b4b603ddeaaa5630adb9ece8ac37534036040610ebdd92f46bef
            84f0be7db860351843858f8acf87056e272377f70c9f2d81e29c7b0ce4f291a3
            a72476bb0b278fd4b7b0a4c26bbeb08214c707137607958729000024c39b7f36
            8f4681b89fa9b7be6465abd7c5f68b6ed5d3b4c72cb4240eb5c464122900001c
            00004004e54f73b7d83f6beb881eab2051d8663f421d10b02b00001c00004005
            d915368ca036004cb578ae3e3fb268509aeab19000000020699369228741c6d4
            ca094c93e242c9de19e7b7c60000000500000500
            """);

    @Test
    void readsAndreencodesACapturedRequest() {
        DecodeResult.Ok ok = (DecodeResult.Ok) IkeMessage.decode(ANDROID_INIT);
        IkeMessage message = ok.message();
        assertThat(message.header())
                .isEqualTo(IkeHeader.request(0x8f54bf6d8b48e6e1L, 0, ExchangeType.IKE_SA_INIT, true, 0));
        assertThat(message.payloads())
                .extracting(payload -> PayloadType.nameOf(payload.typeId()))
                .containsExactly("SA", "KE", "Nonce", "N", "N", "V");
        assertThat(message.first(KePayload.class).orElseThrow().method()).isEqualTo(2);
        assertThat(message.has(NotifyType.NAT_DETECTION_DESTINATION_IP)).isTrue();
        assertThat(message.errorNotify()).isEmpty();
        assertThat(message.encode()).isEqualTo(ANDROID_INIT);
    }

    @Test
    void protectedMessageComesBackTheSame() {
        IkeMessage message = Messages.authRequest();
        byte[] datagram = message.encode(new FakeCipher());
        assertThat(Messages.open(datagram)).isEqualTo(new OpenResult.Ok(message));
    }

    @Test
    void emptyInformationalComesBackTheSame() {
        IkeMessage message = IkeMessage.of(Messages.request(ExchangeType.INFORMATIONAL));
        assertThat(Messages.open(message.encode(new FakeCipher()))).isEqualTo(new OpenResult.Ok(message));
    }

    @Test
    void fragmentsAreShortEnoughAndMakeTheMessageAgain() {
        IkeMessage message = bigMessage();
        for (int maxLength : new int[] {128, 200, 576, 1280}) {
            List<byte[]> fragments = message.encodeFragments(new FakeCipher(), maxLength);
            assertThat(fragments).hasSizeGreaterThan(1).allMatch(datagram -> datagram.length <= maxLength);
            assertThat(reassemble(fragments)).isEqualTo(new OpenResult.Ok(message));
        }
    }

    @Test
    void messageThatFitsIsNotFragmented() {
        IkeMessage message = bigMessage();
        byte[] whole = message.encode(new FakeCipher());
        assertThat(message.encodeFragments(new FakeCipher(), whole.length)).containsExactly(whole);
        assertThat(message.encodeFragments(new FakeCipher(), whole.length - 1)).hasSize(2);
    }

    @Test
    void fragmentsHaveTheMessagesFirstPayloadInTheFirstOnly() {
        List<byte[]> fragments = bigMessage().encodeFragments(new FakeCipher(), 576);
        for (int i = 0; i < fragments.size(); i++) {
            DecodeResult.Encrypted encrypted = (DecodeResult.Encrypted) IkeMessage.decode(fragments.get(i));
            SkfPayload skf = encrypted.message().fragment().orElseThrow();
            assertThat(skf.fragmentNumber()).isEqualTo(i + 1);
            assertThat(skf.totalFragments()).isEqualTo(fragments.size());
            assertThat(skf.firstPayloadType()).isEqualTo(i == 0 ? PayloadType.IDI.id() : 0);
        }
    }

    @Test
    void forgedFragmentIsDropped() {
        byte[] fragment = bigMessage().encodeFragments(new FakeCipher(), 576).getFirst();
        fragment[fragment.length - 1] ^= 1;
        assertThat(Messages.open(fragment)).isInstanceOf(UnprotectedError.class);
    }

    @Test
    void unknownContentSurvives() {
        IkeMessage message = IkeMessage.of(
                new IkeHeader(1, 2, 2, 7, ExchangeType.IKE_AUTH.id(), true, true, false, -1),
                new IdiPayload(new Identification(99, Bytes.ofHex("00ff")), 0x010203),
                new CertPayload(77, Bytes.ofHex("aa")),
                new AuthPayload(250, Bytes.ofHex("bb")),
                new NotifyPayload(9, Bytes.ofHex("0102030405"), 60_000, Bytes.ofHex("cc")),
                new UnknownPayload(49, false, Bytes.ofHex("dd")),
                new VendorIdPayload(Bytes.ofHex("ee")));
        assertThat(Messages.open(message.encode(new FakeCipher()))).isEqualTo(new OpenResult.Ok(message));
    }

    @Test
    void replySwapsTheRoleAndKeepsTheRest() {
        IkeHeader request = IkeHeader.request(1, 2, ExchangeType.INFORMATIONAL, false, 7);
        assertThat(request.reply()).isEqualTo(IkeHeader.response(1, 2, ExchangeType.INFORMATIONAL, true, 7));
        assertThat(request.receiverSpi()).isEqualTo(1);
        assertThat(request.reply().receiverSpi()).isEqualTo(2);
    }

    @Test
    void messagesThatCannotStandOnTheWireAreRefusedWhenMade() {
        Payload vendor = new VendorIdPayload(Bytes.EMPTY);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new IkeMessage(Messages.request(ExchangeType.INFORMATIONAL), Collections.nCopies(129, vendor)));
        IkeMessage tooLong = IkeMessage.of(
                Messages.request(ExchangeType.INFORMATIONAL), new VendorIdPayload(Bytes.of(new byte[65_532])));
        assertThatIllegalArgumentException().isThrownBy(tooLong::encode);
        IkeMessage nested = IkeMessage.of(Messages.request(ExchangeType.INFORMATIONAL), new SkPayload(0, Bytes.EMPTY));
        assertThatIllegalArgumentException().isThrownBy(() -> nested.encode(new FakeCipher()));
        assertThatIllegalArgumentException().isThrownBy(() -> new NoncePayload(Bytes.of(new byte[15])));
        assertThatIllegalArgumentException().isThrownBy(() -> new SaPayload(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new UnknownPayload(41, false, Bytes.EMPTY));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Identification.of(IdType.IPV4_ADDR, Bytes.ofHex("0a0b0c")));
        assertThatIllegalArgumentException().isThrownBy(() -> new DeletePayload(3, 4, List.of(Bytes.EMPTY)));
        assertThatIllegalArgumentException().isThrownBy(() -> new SkfPayload(0, 2, 1, Bytes.EMPTY));
    }

    @Test
    void randomMutationsNeverThrow() {
        byte[][] seeds = {
            ANDROID_INIT,
            initRequest().encode(),
            Messages.authRequest().encode(new FakeCipher()),
            bigMessage().encodeFragments(new FakeCipher(), 576).getFirst()
        };
        Random random = new Random(7296);
        for (int i = 0; i < 100_000; i++) {
            byte[] mutated = seeds[i % seeds.length].clone();
            for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            }
            readsStably(mutated);
        }
    }

    @Test
    void mutationsWithinTheEncryptionNeverThrow() {
        byte[] seed = Messages.authRequest().encode(new FakeCipher());
        Random random = new Random(5282);
        for (int i = 0; i < 100_000; i++) {
            byte[] mutated = seed.clone();
            for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
                mutated[random.nextInt(IkeHeader.LENGTH + 12, mutated.length - 17)] = (byte) random.nextInt();
            }
            System.arraycopy(FakeCipher.icv(mutated), 0, mutated, mutated.length - 16, 16);
            if (Messages.open(mutated) instanceof OpenResult.Ok(IkeMessage message)) {
                assertThat(Messages.open(message.encode(new FakeCipher()))).isEqualTo(new OpenResult.Ok(message));
            }
        }
    }

    /** Reading what was read and written gives the same. */
    private static void readsStably(byte[] datagram) {
        if (IkeMessage.decode(datagram) instanceof DecodeResult.Ok(IkeMessage message)) {
            assertThat(IkeMessage.decode(message.encode())).isEqualTo(new DecodeResult.Ok(message));
        }
    }

    private static IkeMessage bigMessage() {
        return IkeMessage.of(
                Messages.request(ExchangeType.IKE_AUTH),
                Messages.IDI,
                new CertPayload(CertEncoding.X509_SIGNATURE.id(), Bytes.of(new byte[1500])),
                new CertPayload(CertEncoding.X509_SIGNATURE.id(), Bytes.of(new byte[1400])),
                Messages.AUTH,
                Messages.ESP_SA,
                TsPayload.initiator(
                        List.of(TrafficSelector.parse("10.0.0.0/8"), TrafficSelector.parse("2001:db8::/32"))),
                Messages.TSR);
    }

    private static OpenResult reassemble(List<byte[]> fragments) {
        ByteArrayOutputStream plaintext = new ByteArrayOutputStream();
        int firstType = -1;
        IkeHeader header = Messages.request(ExchangeType.IKE_AUTH);
        for (byte[] datagram : fragments) {
            OpenResult.Fragment fragment = (OpenResult.Fragment) Messages.open(datagram);
            if (fragment.fragmentNumber() == 1) {
                firstType = fragment.firstPayloadType();
                header = fragment.header();
            }
            plaintext.writeBytes(fragment.plaintext().toArray());
        }
        return IkeMessage.ofPlaintext(header, firstType, Bytes.of(plaintext.toByteArray()));
    }
}
