package dev.culvert.crypto.jdk;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Diffie-Hellman modulo a safe prime (RFC 3526). {@link BigInteger#modPow}, which the JDK's own provider uses as well,
 * does not run in constant time; the exponent serves one exchange only. Its octets cannot be zeroed.
 */
final class ModpKeyExchange implements KeyExchange {
    private final ModpGroup group;
    private final byte[] publicValue;
    private @Nullable BigInteger exponent;

    private ModpKeyExchange(ModpGroup group, BigInteger exponent) {
        this.group = group;
        this.exponent = exponent;
        this.publicValue = FixedLength.bigEndian(
                ModpGroup.GENERATOR.modPow(exponent, group.prime()),
                group.method().publicValueLength());
    }

    /** The exponent has the group's full length with its highest bit set, so that all take equally long. */
    static ModpKeyExchange generate(ModpGroup group, RandomSource random) {
        BigInteger exponent =
                new BigInteger(1, random.bytes(group.exponentBits() / Byte.SIZE)).setBit(group.exponentBits() - 1);
        return new ModpKeyExchange(group, exponent);
    }

    /** For known answers. */
    static ModpKeyExchange withExponent(ModpGroup group, BigInteger exponent) {
        return new ModpKeyExchange(group, exponent);
    }

    @Override
    public KeyExchangeMethod method() {
        return group.method();
    }

    @Override
    public byte[] publicValue() {
        return publicValue.clone();
    }

    @Override
    public SecretBytes agree(byte[] peerPublicValue) throws InvalidPublicValueException {
        BigInteger x = exponent;
        if (x == null) {
            throw new IllegalStateException("the key exchange is closed");
        }
        JdkKeyExchange.requireLength(method(), peerPublicValue);
        BigInteger y = new BigInteger(1, peerPublicValue);
        // RFC 6989 §2.1: 1 < y < p - 1.
        if (y.compareTo(BigInteger.ONE) <= 0 || y.compareTo(group.prime().subtract(BigInteger.ONE)) >= 0) {
            throw new InvalidPublicValueException(method().keyword() + " public value is not between 2 and p-2");
        }
        return SecretBytes.wrap(FixedLength.bigEndian(y.modPow(x, group.prime()), method().secretLength()));
    }

    @Override
    public void close() {
        exponent = null;
    }
}
