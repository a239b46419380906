package dev.culvert.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;

/** What arrives is opened only if the other side sealed it; everything else is refused and never throws. */
class CipherFuzzTest {
    private static final IkeSuite GCM = ike("aes256gcm16-prfsha384-x25519");
    private static final IkeSuite CBC = ike("aes128-sha256-x25519");
    private static final ChildSuite ESP_GCM = esp("aes256gcm16");
    private static final ChildSuite ESP_CBC = esp("aes128-sha256");
    private static final List<IkeSuite> OTHERS =
            List.of(ike("aes128ctr-aescmac-x25519"), ike("aes256ccm12-prfaesxcbc-x448"), ike("3des-aesxcbc-x25519"));
    private static final List<ChildSuite> ESP_OTHERS = List.of(
            esp("aes128ctr-aescmac"),
            esp("aes256ccm12"),
            esp("3des-aesxcbc"),
            esp("aes128gmac"),
            esp("aes128gcm8"),
            esp("null-sha256_96"));

    @FuzzTest
    void gcmMessage(byte[] message) {
        refusesMessage(GCM, message);
    }

    @FuzzTest
    void cbcMessage(byte[] message) {
        refusesMessage(CBC, message);
    }

    @FuzzTest
    void gcmPacket(byte[] packet) {
        refusesPacket(ESP_GCM, packet);
    }

    @FuzzTest
    void cbcPacket(byte[] packet) {
        refusesPacket(ESP_CBC, packet);
    }

    /** The rest of them: counter mode with AES-CMAC, CCM, and DES with AES-XCBC. */
    @FuzzTest
    void otherMessage(byte[] message) {
        OTHERS.forEach(suite -> refusesMessage(suite, message));
    }

    @FuzzTest
    void otherPacket(byte[] packet) {
        ESP_OTHERS.forEach(suite -> refusesPacket(suite, packet));
    }

    /** The first octet says where the body begins. */
    private static void refusesMessage(IkeSuite suite, byte[] message) {
        int bodyOffset = message.length == 0 ? 0 : Math.min(message[0] & 0xff, message.length);
        try (MessageCipher cipher = MessageCiphers.forIke(
                suite, key(suite.encryptionKeyLength()), key(suite.integrityKeyLength()), RandomSource.seeded(1))) {
            assertThat(cipher.open(message, bodyOffset)).isEmpty();
            byte[] sealed = cipher.seal(Arrays.copyOf(message, bodyOffset), message);
            assertThat(sealed).hasSize(bodyOffset + cipher.sealedLength(message.length));
            assertThat(cipher.open(sealed, bodyOffset))
                    .hasValueSatisfying(plain -> assertThat(plain).isEqualTo(message));
        }
    }

    private static void refusesPacket(ChildSuite suite, byte[] packet) {
        byte[] out = new byte[packet.length + 64];
        try (PacketCipher cipher = PacketCiphers.forChild(
                suite, key(suite.encryptionKeyLength()), key(suite.integrityKeyLength()), RandomSource.seeded(1))) {
            assertThat(cipher.open(packet, 0, packet.length, 0, out, 0)).isEqualTo(PacketCipher.NOT_AUTHENTIC);
            assertThat(out).containsOnly(0);
        }
    }

    private static SecretBytes key(int length) {
        return SecretBytes.wrap(RandomSource.seeded(length).bytes(length));
    }

    private static IkeSuite ike(String keywords) {
        return IkeSuite.of(ProposalKeywords.parse(SecurityProtocol.IKE, keywords));
    }

    private static ChildSuite esp(String keywords) {
        return ChildSuite.of(ProposalKeywords.parse(SecurityProtocol.ESP, keywords));
    }
}
