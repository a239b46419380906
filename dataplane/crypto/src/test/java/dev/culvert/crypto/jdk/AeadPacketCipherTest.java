package dev.culvert.crypto.jdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.PacketCipher;
import dev.culvert.crypto.SecretBytes;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Known answers of the combined modes in ESP. */
final class AeadPacketCipherTest {
    private static final HexFormat HEX = HexFormat.of();

    /** @param sequence 8 octets for ESN, else 4 */
    record Vector(String key, String salt, String spi, String sequence, String iv, String plain, String sealed) {
        boolean esn() {
            return sequence.length() == 16;
        }

        long sequenceNumber() {
            return Long.parseUnsignedLong(sequence, 16);
        }

        Vector cut(int icvOctets) {
            return new Vector(
                    key, salt, spi, sequence, iv, plain, sealed.substring(0, sealed.length() - 2 * icvOctets));
        }

        String header() {
            return spi + sequence.substring(sequence.length() - 8);
        }
    }

    /** draft-mcgrew-gcm-test-01 section 4: every test case of AES-GCM in ESP. */
    static final List<Vector> GCM = List.of(
            new Vector(
                    "4c80cdefbb5d10da906ac73c3613a634",
                    "2e443b68",
                    "00004321",
                    "8765432100000000",
                    "4956ed7e3b244cfe",
                    "45000048699a000080114db7c0a80102c0a801010a9bf15638d301000001000000000000"
                            + "045f736970045f756470037369700963796265726369747902646b000021000101020201",
                    "fecf537e729d5b07dc30df528dd22b768d1b98736696a6fd348509fa13ceac34cfa2436f"
                            + "14a3f3cf65925bf1f4a13c5d15b21e1884f5ff6247aeabb786b93bce61bc17d768fd9732"
                            + "459018148f6cbe722fd04796562dfdb4"),
            new Vector(
                    "feffe9928665731c6d6a8f9467308308",
                    "cafebabe",
                    "0000a5f8",
                    "0000000a",
                    "facedbaddecaf888",
                    "4500003e698f000080114dccc0a80102c0a801010a980035002a2343b2d0010000010000"
                            + "00000000037369700963796265726369747902646b00000100010001",
                    "deb22cd9b07c72c16e3a65beeb8df304a5a5897d33ae530f1ba76d5d114d2a5c3de81827"
                            + "c10e9a4f51330d0eec416642cfbb85a5b47e48a4ec3b9ba95d918bd183b70d3aa8bc6ee4"
                            + "c309e9d85a41ad4a"),
            new Vector(
                    "abbccddef00112233445566778899aababbccddef00112233445566778899aab",
                    "11223344",
                    "4a2cbfe3",
                    "00000002",
                    "0102030405060708",
                    "4500003069a6400080062690c0a801029389155e0a9e008b2dc57ee00000000070024000"
                            + "20bf0000020405b40101040201020201",
                    "ff425c9b724599df7a3bcd510194e00d6a78107f1b0b1cbf06efae9d65a5d763748a6379"
                            + "85771d347f0545659f14e99def842d8eb335f4eecfdbf831824b4c4915956c96"),
            new Vector(
                    "00000000000000000000000000000000",
                    "00000000",
                    "00000000",
                    "00000001",
                    "0000000000000000",
                    "4500003c99c500008001cb7a40679318010101010800075c020044006162636465666768"
                            + "696a6b6c6d6e6f707172737475767761626364656667686901020201",
                    "4688daf2f973a392732909c331d56d60f694abaa414b5e7ff5fdcdfff5e9a28445647649"
                            + "2719ffb64de7d9dca1e1d894bc3bd57873ed4d181d19d4d5c8c18af3f821d496eeb096e9"
                            + "8ad2b69e4799c71d"),
            new Vector(
                    "3de09874b388e6491988d0c3607eae1f",
                    "57690e43",
                    "42f67e3f",
                    "1010101010101010",
                    "4e280000a2fca1a3",
                    "4500003c99c300008001cb7c40679318010101010800085c020043006162636465666768"
                            + "696a6b6c6d6e6f707172737475767761626364656667686901020201",
                    "fba2caa4853cf9f0f22cb10d86dd83b0fec75691cf1a04b00d1138ec9c35791765acbd87"
                            + "01ad79845bf9fe3fba487bc91755e6662b4c8d0d1f5e22739530320ae0d731cc978ecafa"
                            + "eae88f00e80d6e48"),
            new Vector(
                    "3de09874b388e6491988d0c3607eae1f",
                    "57690e43",
                    "42f67e3f",
                    "1010101010101010",
                    "4e280000a2fca1a3",
                    "4500001c42a200008001441f406793b6e00000020a00f5ff01020201",
                    "fba2ca845e5df9f0f22c3e6e86dd831e1fc65792cd1af9130e1379ed369f071f35e034be" + "95f112e4e7d05d35"),
            new Vector(
                    "feffe9928665731c6d6a8f9467308308feffe9928665731c",
                    "cafebabe",
                    "0000a5f8",
                    "0000000a",
                    "facedbaddecaf888",
                    "45000028a4ad4000400678800a01038f0a010612802306b8cb712602dd6bb03e501016d0" + "75680001",
                    "a5b1f8066029aea40e598b8122de02420938b3ab33f828e687b8858b5bfbdbd0315b2745"
                            + "2144cc7795457b9652037f5318027b5b4cd7a636"),
            new Vector(
                    "abbccddef00112233445566778899aab",
                    "decaf888",
                    "00000100",
                    "0000000000000001",
                    "cafedebaceface74",
                    "4500004933ba00007f119106c3fb1d10c2b1d326c02831ce0035dd7b800302d500004e20"
                            + "001e8c18d75b81dc91baa0476b91b924b280389d92c963bac046ec959b6266c04722b149"
                            + "23010101",
                    "18a6fd42f72cbf4ab2a2ea901f73d814e3e7f243d95412e1c349c1d2fbec168f9190feeb"
                            + "af2cb01984e65863965d7472b79da345e0e780191f0d2f0e0f496c226f2127b27db35724"
                            + "e7845d68651f57e65f354f75ff17015769623436"),
            new Vector(
                    "abbccddef00112233445566778899aababbccddef00112233445566778899aab",
                    "73616c74",
                    "17405e67",
                    "156f3126dd0db99b",
                    "616e640169766563",
                    "45080028732c00004006e9f90a0106120a01038f06b88023dd6bafbecb71260250101f64" + "6d540001",
                    "f2d69ecdbd5a0d5b8d5ef38bad4da58d1f278fde98ef67549d524a3018d9a57ff4d3a31c"
                            + "e673119e451626c2415771e3b7eebca614c89b35"),
            new Vector(
                    "3de09874b388e6491988d0c3607eae1f",
                    "57690e43",
                    "42f67e3f",
                    "1010101010101010",
                    "4e280000a2fca1a3",
                    "45000049333e00007f119182c3fb1d10c2b1d326c02831ce0035cb458003025b000001e0"
                            + "001e8c18d65759d52284a0352c71475c8880391c764d6e5ee0496b325ae270c038994939"
                            + "15010101",
                    "fba2cad12fc1f9f00d3cebf305410db83d7784b607323d220f24b0a97d54182800cadb0f"
                            + "68d99ef0e0c0c89ae9bea8884e52d65bc1afd0740f742444747b5b39ab533163aad4550e"
                            + "e5160975cdb608c5769189609763b8e18caa81e2"),
            new Vector(
                    "abbccddef00112233445566778899aababbccddef00112233445566778899aab",
                    "73616c74",
                    "17405e67",
                    "156f3126dd0db99b",
                    "616e640169766563",
                    "636973636f0172756c657301746865016e6574776501646566696e650174686574656368"
                            + "6e6f6c6f67696573017468617477696c6c01646566696e65746f6d6f72726f7701020201",
                    "d4b7ed86a1777f2ea13d6973d324c69e7b43f826fb56831226508bebd2dceb18d0a6df10"
                            + "e5487df074113e14c641024e3e6773d91a62ee429b043a10e3efe6b012a49363412364f8"
                            + "c0cac587f249e56b11e24f30e44ccc76"),
            new Vector(
                    "7d773d00c144c525ac619d18c84a3f47",
                    "d9664267",
                    "335467ae",
                    "ffffffff",
                    "43457e9182443bc6",
                    "01020201",
                    "437f866bcb3f699fe9b0822bac961c4504bef270"),
            new Vector(
                    "abbccddef00112233445566778899aab",
                    "decaf888",
                    "00000100",
                    "0000000000000001",
                    "cafedebaceface74",
                    "746f016265016f72016e6f7401746f0162650001",
                    "29c9fc69a197d038ccdd14e2ddfcaa0543332164412503524303ed3c6c5f283843af8c3e"),
            new Vector(
                    "6c6567616c697a656d6172696a75616e61616e64646f69746265666f72656961",
                    "7475726e",
                    "796b6963",
                    "ffffffffffffffff",
                    "333021696765746d",
                    "45000030da3a00008001df3bc0a80005c0a800010800c6cd020007006162636465666768"
                            + "696a6b6c6d6e6f707172737401020201",
                    "f97ab2aa356d8edce17644ac8c78e25dd24dedbb29ebf1b64a274b39b49c3a864cd3d78c"
                            + "a4ae68a32b42458fb57dbe821dcc63b9d0937ba2945f669368661a329fb4c053"));

    /** RFC 7634 appendix A; RFC 8439 section 2.8.2, whose 12 octets of AAD are those of an ESP packet with ESN. */
    static final List<Vector> CHACHA20_POLY1305 = List.of(
            new Vector(
                    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
                    "a0a1a2a3",
                    "01020304",
                    "00000005",
                    "1011121314151617",
                    "45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec1000073627"
                            + "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b"
                            + "2c2d2e2f303132333435363701020204",
                    "24039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c614ee8099"
                            + "d52844eb61aa95dfab4c02f72aa71e7c4c4f64c9befe2facc638e8f3cbec163fac469b50"
                            + "2773f6fb94e664da9165b82829f641e076aaa8266b7fb0f7b11b369907e1ad43"),
            new Vector(
                    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
                    "07000000",
                    "50515253",
                    "c0c1c2c3c4c5c6c7",
                    "4041424344454647",
                    "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66"
                            + "202739393a204966204920636f756c64206f6666657220796f75206f6e6c79206f6e6520"
                            + "74697020666f7220746865206675747572652c2073756e73637265656e20776f756c6420"
                            + "62652069742e",
                    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e"
                            + "8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c"
                            + "9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d265"
                            + "86cec64b61161ae10b594f09e26a7e902ecbd0600691"));

    @ParameterizedTest
    @FieldSource("GCM")
    void gcm(Vector vector) {
        check(EncryptionAlgorithm.AES_GCM_16, vector);
    }

    /** RFC 4106 section 6: an ICV of 8 or 12 octets is that of 16, cut. */
    @ParameterizedTest
    @FieldSource("GCM")
    void gcmWithAShorterIcv(Vector vector) {
        check(EncryptionAlgorithm.AES_GCM_8, vector.cut(8));
        check(EncryptionAlgorithm.AES_GCM_12, vector.cut(4));
    }

    /** draft-mcgrew-gcm-test-01 section 4.2, also in the Linux kernel's crypto/testmgr.h for rfc4543(gcm(aes)). */
    @Test
    void gmac() {
        String header = "00004321" + "00000007" + "0000000000000000";
        String plain = "45000030da3a00008001df3bc0a80005c0a800010800c6cd020007006162636465666768"
                + "696a6b6c6d6e6f707172737401020201";
        SecretBytes key = SecretBytes.wrap(HEX.parseHex("4c80cdefbb5d10da906ac73c3613a634" + "22433c64"));
        byte[] expected = HEX.parseHex(header + plain + "f2a9a836e155106aa8dcd618e4099aaa");

        byte[] packet = HEX.parseHex(header + plain + "00".repeat(16));
        GmacPacketCipher cipher = new GmacPacketCipher(key, false);
        cipher.sealBehindIv(packet, 0, plain.length() / 2, 0);
        assertThat(packet).isEqualTo(expected);
        byte[] out = new byte[plain.length() / 2];
        assertThat(cipher.open(expected, 0, expected.length, 0, out, 0)).isEqualTo(out.length);
        assertThat(HEX.formatHex(out)).isEqualTo(plain);
    }

    @ParameterizedTest
    @FieldSource("CHACHA20_POLY1305")
    void chaCha20Poly1305(Vector vector) {
        check(EncryptionAlgorithm.CHACHA20_POLY1305, vector);
    }

    private static void check(EncryptionAlgorithm algorithm, Vector vector) {
        SecretBytes key = SecretBytes.wrap(HEX.parseHex(vector.key() + vector.salt()));
        int plainLength = vector.plain().length() / 2;
        int sequenceHigh = (int) (vector.sequenceNumber() >>> 32);
        byte[] expected = HEX.parseHex(vector.header() + vector.iv() + vector.sealed());

        byte[] packet =
                HEX.parseHex(vector.header() + "00".repeat(8) + vector.plain() + "00".repeat(algorithm.icvLength()));
        new AeadPacketCipher(algorithm, key, vector.esn())
                .seal(packet, 0, plainLength, Long.parseUnsignedLong(vector.iv(), 16), sequenceHigh);
        assertThat(packet).isEqualTo(expected);

        byte[] out = new byte[plainLength];
        PacketCipher opener = new AeadPacketCipher(algorithm, key, vector.esn());
        assertThat(opener.open(expected, 0, expected.length, sequenceHigh, out, 0))
                .isEqualTo(plainLength);
        assertThat(out).isEqualTo(HEX.parseHex(vector.plain()));
    }
}
