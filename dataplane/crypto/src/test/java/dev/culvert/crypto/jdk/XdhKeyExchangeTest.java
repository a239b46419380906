package dev.culvert.crypto.jdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.RandomSource;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class XdhKeyExchangeTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final BigInteger P = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));

    /** RFC 7748 section 6.1. */
    @Test
    void rfc7748DiffieHellman() throws InvalidPublicValueException {
        XdhKeyExchange alice = withKey("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        XdhKeyExchange bob = withKey("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        assertThat(HEX.formatHex(alice.publicValue()))
                .isEqualTo("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
        assertThat(HEX.formatHex(bob.publicValue()))
                .isEqualTo("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
        String secret = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
        assertThat(HEX.formatHex(alice.agree(bob.publicValue()).bytes())).isEqualTo(secret);
        assertThat(HEX.formatHex(bob.agree(alice.publicValue()).bytes())).isEqualTo(secret);
    }

    /** RFC 7748 section 6.2. */
    @Test
    void rfc7748DiffieHellmanOnCurve448() throws InvalidPublicValueException {
        XdhKeyExchange alice = withKey(
                KeyExchangeMethod.X448,
                "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28d"
                        + "d9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b");
        XdhKeyExchange bob = withKey(
                KeyExchangeMethod.X448,
                "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d"
                        + "6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d");
        assertThat(HEX.formatHex(alice.publicValue()))
                .isEqualTo("9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c"
                        + "22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0");
        assertThat(HEX.formatHex(bob.publicValue()))
                .isEqualTo("3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b430"
                        + "27d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609");
        String secret = "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282b"
                + "b60c0b56fd2464c335543936521c24403085d59a449a5037514a879d";
        assertThat(HEX.formatHex(alice.agree(bob.publicValue()).bytes())).isEqualTo(secret);
        assertThat(HEX.formatHex(bob.agree(alice.publicValue()).bytes())).isEqualTo(secret);
    }

    /** RFC 7748 section 6.2: 0, 1 and p - 1 have orders 2 and 4; 0 and 1 also unreduced. */
    @Test
    void line14_theAllZeroSecretOfCurve448IsRejected() {
        XdhKeyExchange own = XdhKeyExchange.generate(KeyExchangeMethod.X448, RandomSource.seeded(3));
        BigInteger p = BigInteger.ONE
                .shiftLeft(448)
                .subtract(BigInteger.ONE.shiftLeft(224))
                .subtract(BigInteger.ONE);
        for (BigInteger u :
                List.of(BigInteger.ZERO, BigInteger.ONE, p.subtract(BigInteger.ONE), p, p.add(BigInteger.ONE))) {
            byte[] value = FixedLength.reversed(FixedLength.bigEndian(u, 56));
            assertThatThrownBy(() -> own.agree(value))
                    .as(u.toString(16))
                    .isInstanceOf(InvalidPublicValueException.class)
                    .hasMessageContaining("x448")
                    .hasMessageContaining("small order");
        }
        assertThatThrownBy(() -> own.agree(new byte[32]))
                .isInstanceOf(InvalidPublicValueException.class)
                .hasMessageContaining("32 octets, not 56");
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
        XdhKeyExchange a = generate(RandomSource.secure());
        XdhKeyExchange b = generate(RandomSource.secure());
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
        XdhKeyExchange own = generate(RandomSource.seeded(3));
        assertThatThrownBy(() -> own.agree(HEX.parseHex(smallOrder)))
                .isInstanceOf(InvalidPublicValueException.class)
                .hasMessageContaining("small order");
    }

    @Test
    void line14_nonCanonicalValuesAreAccepted() throws InvalidPublicValueException {
        XdhKeyExchange own = generate(RandomSource.seeded(3));
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
        XdhKeyExchange own = generate(RandomSource.seeded(3));
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

    private static XdhKeyExchange generate(RandomSource random) {
        return XdhKeyExchange.generate(KeyExchangeMethod.X25519, random);
    }

    private static XdhKeyExchange withKey(String scalar) {
        return withKey(KeyExchangeMethod.X25519, scalar);
    }

    private static XdhKeyExchange withKey(KeyExchangeMethod method, String scalar) {
        byte[] octets = HEX.parseHex(scalar);
        return XdhKeyExchange.generate(method, target -> {
            assertThat(target).hasSize(octets.length);
            System.arraycopy(octets, 0, target, 0, octets.length);
        });
    }
}
