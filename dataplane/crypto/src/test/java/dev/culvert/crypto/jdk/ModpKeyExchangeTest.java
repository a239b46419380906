package dev.culvert.crypto.jdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.RandomSource;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.DHPrivateKeySpec;
import javax.crypto.spec.DHPublicKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ModpKeyExchangeTest {
    /** The constants c of RFC 7296 appendix B.2 and RFC 3526. */
    private static int constant(ModpGroup group) {
        return switch (group) {
            case MODP_1024 -> 129093;
            case MODP_1536 -> 741804;
            case MODP_2048 -> 124476;
            case MODP_3072 -> 1690314;
            case MODP_4096 -> 240904;
            case MODP_6144 -> 929484;
            case MODP_8192 -> 4743158;
        };
    }

    /** RFC 3526: p = 2^n - 2^(n-64) - 1 + 2^64 * (floor(2^(n-130) pi) + c). */
    @ParameterizedTest
    @EnumSource
    void primesFollowTheFormula(ModpGroup group) {
        int n = group.method().publicValueLength() * 8;
        BigInteger two = BigInteger.TWO;
        BigInteger expected = two.pow(n)
                .subtract(two.pow(n - 64))
                .subtract(BigInteger.ONE)
                .add(floorOfPiTimesTwoToThe(n - 130)
                        .add(BigInteger.valueOf(constant(group)))
                        .shiftLeft(64));
        assertThat(group.prime()).isEqualTo(expected);
    }

    /** RFC 6989 section 2.1 relies on it: the only small subgroup is that of 1 and p-1. */
    @ParameterizedTest
    @EnumSource(names = {"MODP_1024", "MODP_1536", "MODP_2048"})
    void primesAreSafe(ModpGroup group) {
        assertThat(group.prime().isProbablePrime(20)).isTrue();
        assertThat(group.prime().shiftRight(1).isProbablePrime(20)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void agreesWithTheJdksOwnDiffieHellman(ModpGroup group) throws Exception {
        ModpKeyExchange own = ModpKeyExchange.generate(group, RandomSource.seeded(5));
        BigInteger x = new BigInteger(group.exponentBits() - 1, new Random(6));
        KeyFactory factory = KeyFactory.getInstance("DH");
        PrivateKey theirs = factory.generatePrivate(new DHPrivateKeySpec(x, group.prime(), BigInteger.TWO));
        KeyAgreement agreement = KeyAgreement.getInstance("DH");
        agreement.init(theirs);
        agreement.doPhase(
                factory.generatePublic(
                        new DHPublicKeySpec(new BigInteger(1, own.publicValue()), group.prime(), BigInteger.TWO)),
                true);
        byte[] theirPublic = FixedLength.bigEndian(
                BigInteger.TWO.modPow(x, group.prime()), group.method().publicValueLength());
        assertThat(own.agree(theirPublic).bytes()).isEqualTo(agreement.generateSecret());
    }

    @Test
    void publicValuesAndSecretsKeepTheirLeadingZeros() throws InvalidPublicValueException {
        ModpKeyExchange small = ModpKeyExchange.withExponent(ModpGroup.MODP_2048, BigInteger.valueOf(3));
        byte[] eight = new byte[256];
        eight[255] = 8;
        assertThat(small.publicValue()).isEqualTo(eight);
        byte[] two = new byte[256];
        two[255] = 2;
        assertThat(small.agree(two).bytes()).isEqualTo(eight);
    }

    @ParameterizedTest
    @EnumSource
    void line12_valuesOutsideTheGroupAreRejected(ModpGroup group) throws InvalidPublicValueException {
        ModpKeyExchange own = ModpKeyExchange.withExponent(group, BigInteger.valueOf(65537));
        BigInteger p = group.prime();
        int length = group.method().publicValueLength();
        BigInteger greatest = BigInteger.ONE.shiftLeft(8 * length).subtract(BigInteger.ONE);
        for (BigInteger bad : new BigInteger[] {
            BigInteger.ZERO,
            BigInteger.ONE,
            p.subtract(BigInteger.ONE),
            p,
            p.add(BigInteger.ONE),
            p.add(BigInteger.TWO),
            greatest
        }) {
            assertThatThrownBy(() -> own.agree(FixedLength.bigEndian(bad, length)))
                    .isInstanceOf(InvalidPublicValueException.class)
                    .hasMessageContaining(group.method().keyword() + " public value is not between 2 and p-2");
        }
        for (BigInteger good : new BigInteger[] {BigInteger.TWO, p.subtract(BigInteger.TWO)}) {
            assertThat(own.agree(FixedLength.bigEndian(good, length)).length()).isEqualTo(length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void line12_valuesOfTheWrongSizeAreRejected(ModpGroup group) {
        ModpKeyExchange own = ModpKeyExchange.withExponent(group, BigInteger.valueOf(65537));
        int right = group.method().publicValueLength();
        byte[] valid = own.publicValue();
        for (int length : new int[] {0, 1, right - 1, right + 1, 2 * right}) {
            assertThatThrownBy(() -> own.agree(Arrays.copyOf(valid, length)))
                    .isInstanceOf(InvalidPublicValueException.class)
                    .hasMessageContaining(length + " octets, not " + right);
        }
    }

    @Test
    void closedMeansClosed() {
        ModpKeyExchange own = ModpKeyExchange.generate(ModpGroup.MODP_2048, RandomSource.seeded(5));
        byte[] value = own.publicValue();
        own.close();
        assertThatThrownBy(() -> own.agree(value)).isInstanceOf(IllegalStateException.class);
    }

    /** Machin: pi/4 = 4 arctan 1/5 - arctan 1/239, with 64 bits to spare. */
    private static BigInteger floorOfPiTimesTwoToThe(int bits) {
        int spare = 64;
        BigInteger one = BigInteger.ONE.shiftLeft(bits + spare);
        return arctanOfInverse(5, one)
                .shiftLeft(2)
                .subtract(arctanOfInverse(239, one))
                .shiftLeft(2)
                .shiftRight(spare);
    }

    private static BigInteger arctanOfInverse(int x, BigInteger one) {
        BigInteger square = BigInteger.valueOf((long) x * x);
        BigInteger term = one.divide(BigInteger.valueOf(x));
        BigInteger sum = term;
        for (int n = 3; term.signum() != 0; n += 2) {
            term = term.divide(square);
            BigInteger summand = term.divide(BigInteger.valueOf(n));
            sum = n % 4 == 3 ? sum.subtract(summand) : sum.add(summand);
        }
        return sum;
    }
}
