package dev.culvert.crypto.jdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.RandomSource;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class X25519KeyExchangeTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final BigInteger P = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));

    /** RFC 7748 section 6.1. */
    @Test
    void rfc7748DiffieHellman() throws InvalidPublicValueException {
        X25519KeyExchange alice = withKey("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        X25519KeyExchange bob = withKey("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        assertThat(HEX.formatHex(alice.publicValue()))
                .isEqualTo("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
        assertThat(HEX.formatHex(bob.publicValue()))
                .isEqualTo("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
        String secret = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
        assertThat(HEX.formatHex(alice.agree(bob.publicValue()).bytes())).isEqualTo(secret);
        assertThat(HEX.formatHex(bob.agree(alice.publicValue()).bytes())).isEqualTo(secret);
    }

    /** RFC 7748 section 5.2; the second input has its highest bit set. */
    @ParameterizedTest
    @CsvSource({
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4,"
                + "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c,"
                + "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d,"
                + "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493,"
                + "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"
    })
    void rfc7748Function(String scalar, String u, String output) throws InvalidPublicValueException {
        assertThat(HEX.formatHex(withKey(scalar).agree(HEX.parseHex(u)).bytes()))
                .isEqualTo(output);
    }

    @Test
    void generatedValuesAgree() throws InvalidPublicValueException {
        X25519KeyExchange a = X25519KeyExchange.generate(RandomSource.secure());
        X25519KeyExchange b = X25519KeyExchange.generate(RandomSource.secure());
        assertThat(a.agree(b.publicValue()).constantTimeEquals(b.agree(a.publicValue())))
                .isTrue();
    }

    /** The points of small order, as RFC 7748 section 6.1 has them looked for: orders 1, 2, 4 and 8, reduced or not. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "0000000000000000000000000000000000000000000000000000000000000080",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            })
    void line14_theAllZeroSecretIsRejected(String smallOrder) {
        X25519KeyExchange own = X25519KeyExchange.generate(RandomSource.seeded(3));
        assertThatThrownBy(() -> own.agree(HEX.parseHex(smallOrder)))
                .isInstanceOf(InvalidPublicValueException.class)
                .hasMessageContaining("small order");
    }

    @Test
    void line14_nonCanonicalValuesAreAccepted() throws InvalidPublicValueException {
        X25519KeyExchange own = X25519KeyExchange.generate(RandomSource.seeded(3));
        for (int u = 2; u < 19; u++) {
            byte[] canonical = encode(BigInteger.valueOf(u));
            byte[] unreduced = encode(P.add(BigInteger.valueOf(u)));
            byte[] highBit = canonical.clone();
            highBit[31] |= (byte) 0x80;
            byte[] expected = own.agree(canonical).bytes();
            assertThat(own.agree(unreduced).bytes()).as("p + %d", u).isEqualTo(expected);
            assertThat(own.agree(highBit).bytes()).isEqualTo(expected);
        }
    }

    @Test
    void valuesOfTheWrongLengthAreRejected() {
        X25519KeyExchange own = X25519KeyExchange.generate(RandomSource.seeded(3));
        byte[] nine = encode(BigInteger.valueOf(9));
        for (int length : new int[] {0, 1, 31, 33, 64}) {
            assertThatThrownBy(() -> own.agree(Arrays.copyOf(nine, length)))
                    .isInstanceOf(InvalidPublicValueException.class)
                    .hasMessageContaining(length + " octets, not 32");
        }
    }

    private static byte[] encode(BigInteger u) {
        return FixedLength.reversed(FixedLength.bigEndian(u, 32));
    }

    private static X25519KeyExchange withKey(String scalar) {
        byte[] octets = HEX.parseHex(scalar);
        return X25519KeyExchange.generate(target -> {
            assertThat(target).hasSize(32);
            System.arraycopy(octets, 0, target, 0, 32);
        });
    }
}
