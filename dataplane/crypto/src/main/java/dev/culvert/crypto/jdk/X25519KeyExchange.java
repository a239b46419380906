package dev.culvert.crypto.jdk;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/**
 * X25519 (RFC 8031): 32 octets, little-endian, in both directions. A coordinate of 2^255 - 19 or more is taken modulo
 * that, and the highest bit ignored, as RFC 7748 §5 demands.
 */
final class X25519KeyExchange implements KeyExchange {
    private static final int LENGTH = 32;
    private static final BigInteger P = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));

    private final byte[] publicValue;
    private @Nullable PrivateKey privateKey;

    private X25519KeyExchange(PrivateKey privateKey, BigInteger u) {
        this.privateKey = privateKey;
        this.publicValue = FixedLength.reversed(FixedLength.bigEndian(u, LENGTH));
    }

    static X25519KeyExchange generate(RandomSource random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("X25519");
            generator.initialize(NamedParameterSpec.X25519, Jca.secureRandom(random));
            KeyPair pair = generator.generateKeyPair();
            return new X25519KeyExchange(pair.getPrivate(), ((XECPublicKey) pair.getPublic()).getU());
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    @Override
    public KeyExchangeMethod method() {
        return KeyExchangeMethod.X25519;
    }

    @Override
    public byte[] publicValue() {
        return publicValue.clone();
    }

    @Override
    public SecretBytes agree(byte[] peerPublicValue) throws InvalidPublicValueException {
        PrivateKey own = privateKey;
        if (own == null) {
            throw new IllegalStateException("the key exchange is closed");
        }
        JdkKeyExchange.requireLength(method(), peerPublicValue);
        byte[] bigEndian = FixedLength.reversed(peerPublicValue);
        bigEndian[0] &= 0x7f;
        BigInteger u = new BigInteger(1, bigEndian).mod(P);
        try {
            PublicKey peer =
                    KeyFactory.getInstance("X25519").generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, u));
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(own);
            agreement.doPhase(peer, true);
            SecretBytes secret = SecretBytes.wrap(agreement.generateSecret());
            if (secret.constantTimeEquals(new byte[LENGTH])) {
                throw smallOrder(null);
            }
            return secret;
        } catch (InvalidKeyException e) {
            // The JDK looks for the all-zero secret itself (RFC 7748 §6.1).
            throw smallOrder(e);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    private static InvalidPublicValueException smallOrder(@Nullable Throwable cause) {
        String message = "x25519 public value is of small order: the shared secret would be zero";
        return cause == null
                ? new InvalidPublicValueException(message)
                : new InvalidPublicValueException(message, cause);
    }

    @Override
    public void close() {
        privateKey = null;
    }
}
