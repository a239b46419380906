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
 * X25519 and X448 (RFC 8031): 32 or 56 octets, little-endian, in both directions. A coordinate of p or more is taken
 * modulo p, and the highest bit of X25519's ignored, as RFC 7748 §5 demands.
 */
final class XdhKeyExchange implements KeyExchange {
    private static final BigInteger P_25519 = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger P_448 = BigInteger.ONE
            .shiftLeft(448)
            .subtract(BigInteger.ONE.shiftLeft(224))
            .subtract(BigInteger.ONE);

    private final KeyExchangeMethod method;
    private final NamedParameterSpec curve;
    private final byte[] publicValue;
    private @Nullable PrivateKey privateKey;

    private XdhKeyExchange(KeyExchangeMethod method, NamedParameterSpec curve, PrivateKey privateKey, BigInteger u) {
        this.method = method;
        this.curve = curve;
        this.privateKey = privateKey;
        this.publicValue = FixedLength.reversed(FixedLength.bigEndian(u, method.publicValueLength()));
    }

    static XdhKeyExchange generate(KeyExchangeMethod method, RandomSource random) {
        NamedParameterSpec curve =
                switch (method) {
                    case X25519 -> NamedParameterSpec.X25519;
                    case X448 -> NamedParameterSpec.X448;
                    default -> throw new IllegalArgumentException(method + " is no curve of RFC 7748");
                };
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(curve.getName());
            generator.initialize(curve, Jca.secureRandom(random));
            KeyPair pair = generator.generateKeyPair();
            return new XdhKeyExchange(method, curve, pair.getPrivate(), ((XECPublicKey) pair.getPublic()).getU());
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    @Override
    public KeyExchangeMethod method() {
        return method;
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
        try {
            PublicKey peer = KeyFactory.getInstance(curve.getName())
                    .generatePublic(new XECPublicKeySpec(curve, coordinate(peerPublicValue)));
            KeyAgreement agreement = KeyAgreement.getInstance(curve.getName());
            agreement.init(own);
            agreement.doPhase(peer, true);
            SecretBytes secret = SecretBytes.wrap(agreement.generateSecret());
            if (secret.constantTimeEquals(new byte[secret.length()])) {
                throw smallOrder(method, null);
            }
            return secret;
        } catch (InvalidKeyException e) {
            // The JDK looks for the all-zero secret itself (RFC 7748 §6.1).
            throw smallOrder(method, e);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    private BigInteger coordinate(byte[] littleEndian) {
        byte[] bigEndian = FixedLength.reversed(littleEndian);
        if (method == KeyExchangeMethod.X448) {
            return new BigInteger(1, bigEndian).mod(P_448);
        }
        bigEndian[0] &= 0x7f;
        return new BigInteger(1, bigEndian).mod(P_25519);
    }

    private static InvalidPublicValueException smallOrder(KeyExchangeMethod method, @Nullable Throwable cause) {
        String message = method.keyword() + " public value is of small order: the shared secret would be zero";
        return cause == null
                ? new InvalidPublicValueException(message)
                : new InvalidPublicValueException(message, cause);
    }

    @Override
    public void close() {
        privateKey = null;
    }
}
