package dev.culvert.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every suite: what is sealed opens, and nothing else does. */
final class CipherRoundTripTest {
    private static final int OFFSET = 13;
    private static final int SPI = 0x01020304;

    private final RandomSource random = RandomSource.seeded(7);

    /** Each encryption algorithm with each key length, those without integrity with each integrity algorithm in turn. */
    static Stream<ChildSuite> childSuites() {
        return algorithms(algorithm -> true)
                .flatMap(keywords -> Stream.of(keywords, keywords + "-esn"))
                .map(keywords -> ChildSuite.of(
                        keywords.contains("md5")
                                ? ProposalKeywords.parseV1(SecurityProtocol.ESP, keywords)
                                : ProposalKeywords.parse(SecurityProtocol.ESP, keywords)));
    }

    static Stream<IkeSuite> ikeSuites() {
        return algorithms(EncryptionAlgorithm::isConfidential)
                .filter(keywords -> !keywords.contains("md5"))
                .map(keywords ->
                        IkeSuite.of(ProposalKeywords.parse(SecurityProtocol.IKE, keywords + "-prfsha256-x25519")));
    }

    private static Stream<String> algorithms(Predicate<EncryptionAlgorithm> wanted) {
        IntegrityAlgorithm[] integrity = IntegrityAlgorithm.values();
        List<String> keywords = new ArrayList<>();
        for (EncryptionAlgorithm encryption : EncryptionAlgorithm.values()) {
            if (!wanted.test(encryption)) {
                continue;
            }
            for (int bits : encryption.keyLengthsBits()) {
                String cipher = encryption.keyword(bits);
                if (encryption.isAead()) {
                    keywords.add(cipher);
                } else {
                    for (IntegrityAlgorithm each : encryption == EncryptionAlgorithm.AES_CBC
                            ? integrity
                            : new IntegrityAlgorithm[] {integrity[keywords.size() % integrity.length]}) {
                        keywords.add(cipher + "-" + each.keyword());
                    }
                }
            }
        }
        return keywords.stream();
    }

    @ParameterizedTest
    @MethodSource("childSuites")
    void packetsOpenAgainAtEveryLength(ChildSuite suite) {
        Pair pair = new Pair(suite);
        for (int blocks = 0; blocks < 20; blocks++) {
            long sequence = (suite.esn() ? 0x1_ffff_fff0L : 0xffff_ff00L) + blocks;
            byte[] plain = random.bytes(blocks * suite.padBlock());
            byte[] packet = pair.seal(plain, sequence);
            byte[] out = new byte[plain.length];
            assertThat(pair.open(packet, sequence, out)).isEqualTo(plain.length);
            assertThat(out).isEqualTo(plain);
            assertThat(packet).startsWith(new byte[OFFSET]).endsWith(new byte[OFFSET]);
        }
    }

    @ParameterizedTest
    @MethodSource("childSuites")
    void line51_everyFlippedBitIsFoundAndNothingIsReleased(ChildSuite suite) {
        Pair pair = new Pair(suite);
        byte[] packet = pair.seal(random.bytes(2 * suite.padBlock()), 5);
        byte[] out = new byte[2 * suite.padBlock()];
        for (int bit = OFFSET * 8; bit < (packet.length - OFFSET) * 8; bit++) {
            byte[] forged = packet.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(pair.open(forged, 5, out)).as("bit %d", bit).isEqualTo(PacketCipher.NOT_AUTHENTIC);
            assertThat(out).containsOnly(0);
        }
        assertThat(pair.open(packet, 5, out)).isEqualTo(out.length);
    }

    @ParameterizedTest
    @MethodSource("childSuites")
    void line51_truncatedPacketsAreFound(ChildSuite suite) {
        Pair pair = new Pair(suite);
        byte[] packet = pair.seal(random.bytes(4 * suite.padBlock()), 5);
        byte[] out = new byte[packet.length];
        for (int length = 0; length < packet.length - 2 * OFFSET; length++) {
            assertThat(pair.receiver.open(packet, OFFSET, length, 0, out, 0))
                    .as("length %d", length)
                    .isEqualTo(PacketCipher.NOT_AUTHENTIC);
        }
        assertThat(out).containsOnly(0);
    }

    @ParameterizedTest
    @MethodSource("childSuites")
    void theHighHalfOfTheSequenceNumberCountsWithEsnOnly(ChildSuite suite) {
        Pair pair = new Pair(suite);
        byte[] plain = random.bytes(suite.padBlock());
        byte[] packet = pair.seal(plain, suite.esn() ? 0x2_0000_0001L : 1);
        byte[] out = new byte[plain.length];
        assertThat(pair.receiver.open(packet, OFFSET, packet.length - 2 * OFFSET, 1, out, 0))
                .isEqualTo(suite.esn() ? PacketCipher.NOT_AUTHENTIC : plain.length);
        assertThat(pair.receiver.open(packet, OFFSET, packet.length - 2 * OFFSET, 2, out, 0))
                .isEqualTo(plain.length);
        assertThat(out).isEqualTo(plain);
    }

    /** A forgery with the sequence number, and so the nonce, of a real packet must not keep the real one out. */
    @ParameterizedTest
    @MethodSource("childSuites")
    void theSamePacketOpensTwiceInARow(ChildSuite suite) {
        Pair pair = new Pair(suite);
        byte[] plain = random.bytes(suite.padBlock());
        byte[] packet = pair.seal(plain, 9);
        byte[] out = new byte[plain.length];
        for (int i = 0; i < 3; i++) {
            assertThat(pair.open(packet, 9, out)).isEqualTo(plain.length);
            assertThat(out).isEqualTo(plain);
            Arrays.fill(out, (byte) 0);
        }
    }

    @Test
    void ivsOfCbcNeverRepeatAndDoNotCount() {
        ChildSuite suite = ChildSuite.of(ProposalKeywords.parse(SecurityProtocol.ESP, "aes128-sha256"));
        Pair pair = new Pair(suite);
        Set<String> ivs = new HashSet<>();
        Set<String> prefixes = new HashSet<>();
        for (int i = 1; i <= 1000; i++) {
            byte[] packet = pair.seal(new byte[16], i);
            String iv = HexFormat.of().formatHex(packet, OFFSET + 8, OFFSET + 24);
            assertThat(ivs.add(iv)).isTrue();
            prefixes.add(iv.substring(0, 8));
        }
        assertThat(prefixes).hasSizeGreaterThan(990);
    }

    @Test
    void ivsOfCombinedModesAreTheSequenceNumber() {
        Pair pair = new Pair(ChildSuite.of(ProposalKeywords.parse(SecurityProtocol.ESP, "aes128gcm16-esn")));
        byte[] packet = pair.seal(new byte[4], 0x1_0000_0002L);
        assertThat(HexFormat.of().formatHex(packet, OFFSET + 8, OFFSET + 16)).isEqualTo("0000000100000002");
    }

    @Test
    void openingInPlaceIsRefused() {
        Pair pair = new Pair(ChildSuite.of(ProposalKeywords.parse(SecurityProtocol.ESP, "aes128gcm16")));
        byte[] packet = pair.seal(new byte[4], 1);
        assertThatThrownBy(() -> pair.open(packet, 1, packet)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keysOfTheWrongLengthAreRefused() {
        ChildSuite suite = ChildSuite.of(ProposalKeywords.parse(SecurityProtocol.ESP, "aes128gcm16"));
        assertThatThrownBy(() ->
                        PacketCiphers.forChild(suite, SecretBytes.wrap(new byte[16]), SecretBytes.empty(), random))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("16 octets, not 20");
    }

    @ParameterizedTest
    @MethodSource("ikeSuites")
    void messagesOpenAgainAtEveryLength(IkeSuite suite) {
        MessageCipher cipher = messageCipher(suite);
        MessageCipher peer = messageCipher(suite);
        for (int length = 0; length < 70; length++) {
            byte[] prefix = random.bytes(32 + length % 5);
            byte[] plain = random.bytes(length);
            byte[] message = cipher.seal(prefix, plain);
            assertThat(message)
                    .hasSize(prefix.length + cipher.sealedLength(length))
                    .startsWith(prefix);
            assertThat(peer.open(message, prefix.length))
                    .hasValueSatisfying(b -> assertThat(b).isEqualTo(plain));
        }
    }

    @ParameterizedTest
    @MethodSource("ikeSuites")
    void line20_flippedBitsAndTruncationOfMessagesAreFound(IkeSuite suite) {
        MessageCipher cipher = messageCipher(suite);
        byte[] message = cipher.seal(random.bytes(32), random.bytes(20));
        for (int bit = 0; bit < message.length * 8; bit++) {
            byte[] forged = message.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(cipher.open(forged, 32)).as("bit %d", bit).isEmpty();
        }
        for (int length = 32; length < message.length; length++) {
            assertThat(cipher.open(Arrays.copyOf(message, length), 32))
                    .as("length %d", length)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("ikeSuites")
    void twoMessagesNeverShareAnIv(IkeSuite suite) {
        MessageCipher cipher = messageCipher(suite);
        Set<String> ivs = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            byte[] message = cipher.seal(new byte[28], new byte[4]);
            assertThat(ivs.add(HexFormat.of().formatHex(message, 28, 36))).isTrue();
        }
    }

    @Test
    void randomBytesOpenNowhere() {
        Random dice = new Random(11);
        List<ChildSuite> suites = childSuites().toList();
        for (int i = 0; i < 2000; i++) {
            byte[] packet = new byte[dice.nextInt(200)];
            dice.nextBytes(packet);
            Pair pair = new Pair(suites.get(i % suites.size()));
            assertThat(pair.receiver.open(packet, 0, packet.length, dice.nextInt(), new byte[200], 0))
                    .isEqualTo(PacketCipher.NOT_AUTHENTIC);
        }
    }

    private MessageCipher messageCipher(IkeSuite suite) {
        byte[] encryptionKey = new byte[suite.encryptionKeyLength()];
        Arrays.fill(encryptionKey, (byte) 3);
        return MessageCiphers.forIke(
                suite, SecretBytes.wrap(encryptionKey), SecretBytes.wrap(new byte[suite.integrityKeyLength()]), random);
    }

    /** Both ends of an SA, with some room before and behind each packet. */
    private final class Pair {
        private final PacketCipher sender;
        private final PacketCipher receiver;

        Pair(ChildSuite suite) {
            byte[] encryptionKey = random.bytes(suite.encryptionKeyLength());
            byte[] integrityKey = random.bytes(suite.integrityKeyLength());
            sender = PacketCiphers.forChild(
                    suite, SecretBytes.copyOf(encryptionKey), SecretBytes.copyOf(integrityKey), random);
            receiver = PacketCiphers.forChild(
                    suite, SecretBytes.copyOf(encryptionKey), SecretBytes.copyOf(integrityKey), random);
            assertThat(sender.icvLength()).isEqualTo(suite.icvLength());
            assertThat(sender.padBlock()).isEqualTo(suite.padBlock());
        }

        byte[] seal(byte[] plain, long sequence) {
            byte[] packet = new byte[2 * OFFSET + sender.overhead() + plain.length];
            byte[] header = HexFormat.of().parseHex(String.format("%08x%08x", SPI, (int) sequence));
            System.arraycopy(header, 0, packet, OFFSET, header.length);
            System.arraycopy(plain, 0, packet, OFFSET + 8 + sender.ivLength(), plain.length);
            sender.seal(packet, OFFSET, plain.length, sequence);
            return packet;
        }

        int open(byte[] packet, long sequence, byte[] out) {
            return receiver.open(packet, OFFSET, packet.length - 2 * OFFSET, (int) (sequence >>> 32), out, 0);
        }
    }
}
