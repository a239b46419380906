package dev.culvert.ike.v2.keymat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.Prf;
import dev.culvert.crypto.PrfAlgorithm;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** Key derivation against NIST's vectors (RFC 7296 §2.14, §2.17, §2.18). */
class NistKeysTest {
    private static final Properties VECTOR = read();
    private static final IkeSuite IKE =
            IkeSuite.of(ProposalKeywords.parse(SecurityProtocol.IKE, "aes256-sha256-modp2048"));
    private static final ChildSuite ESP = ChildSuite.of(ProposalKeywords.parse(SecurityProtocol.ESP, "aes256-sha256"));
    private static final Prf PRF = Prf.of(PrfAlgorithm.HMAC_SHA2_256);

    @Test
    void keysOfTheIkeSa() {
        IkeKeys keys = IkeKeys.initial(IKE, secret("gir"), hex("Ni"), hex("Nr"), spi("SPIi"), spi("SPIr"));
        byte[] dkm = hex("DKM");
        assertThat(concatenated(
                        keys.skD(), keys.skAi(), keys.skAr(), keys.skEi(), keys.skEr(), keys.skPi(), keys.skPr()))
                .isEqualTo(Arrays.copyOf(dkm, 7 * 32));
    }

    @Test
    void keysOfTheFirstChild() {
        ChildKeys keys = ChildKeys.derive(PRF, skD(), ESP, Optional.empty(), hex("Ni"), hex("Nr"));
        assertThat(concatenated(keys)).isEqualTo(Arrays.copyOf(hex("DKMChild"), 4 * 32));
    }

    @Test
    void keysOfAChildWithItsOwnKeyExchange() {
        ChildKeys keys = ChildKeys.derive(PRF, skD(), ESP, Optional.of(secret("girNew")), hex("Ni"), hex("Nr"));
        assertThat(concatenated(keys)).isEqualTo(Arrays.copyOf(hex("DKMChildDh"), 4 * 32));
    }

    @Test
    void keysOfARekeyedIkeSa() {
        IkeKeys keys = IkeKeys.rekeyed(IKE, PRF, skD(), secret("girNew"), hex("Ni"), hex("Nr"), 1, 2);
        IkeKeys expected = IkeKeys.expand(IKE, secret("SKEYSEEDRekey"), hex("Ni"), hex("Nr"), 1, 2);
        assertThat(keys.skD().bytes()).isEqualTo(expected.skD().bytes());
        assertThat(keys.skPr().bytes()).isEqualTo(expected.skPr().bytes());
    }

    private static SecretBytes skD() {
        return SecretBytes.wrap(Arrays.copyOf(hex("DKM"), 32));
    }

    private static byte[] concatenated(ChildKeys keys) {
        return concatenated(
                keys.encryptionFromInitiator(),
                keys.integrityFromInitiator(),
                keys.encryptionFromResponder(),
                keys.integrityFromResponder());
    }

    private static byte[] concatenated(SecretBytes... parts) {
        return SecretBytes.concat(Arrays.stream(parts).map(SecretBytes::bytes).toArray(byte[][]::new))
                .bytes();
    }

    private static SecretBytes secret(String name) {
        return SecretBytes.wrap(hex(name));
    }

    private static long spi(String name) {
        return ByteBuffer.wrap(hex(name)).getLong();
    }

    private static byte[] hex(String name) {
        return HexFormat.of().parseHex(VECTOR.getProperty(name));
    }

    private static Properties read() {
        Properties properties = new Properties();
        try (InputStream in =
                Objects.requireNonNull(NistKeysTest.class.getResourceAsStream("nist-ikev2-sha256.properties"))) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }
}
