package dev.culvert.crypto.signature;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** What kind of key a key is, and whether it is one that may be used. */
final class PublicKeys {
    /** NIST SP 800-131A: shorter ones are disallowed. Longer ones than the maximum only cost time. */
    private static final int LEAST_RSA_BITS = 2048;

    private static final int MOST_RSA_BITS = 16384;
    /** FIPS 186-5 §5.1 bounds it by 2^256; whoever makes longer ones wants to keep the verifier busy. */
    private static final int MOST_EXPONENT_BITS = 256;

    private static final Map<KeyType, ECParameterSpec> CURVES = new EnumMap<>(Map.of(
            KeyType.ECDSA_P256, curve("secp256r1"),
            KeyType.ECDSA_P384, curve("secp384r1"),
            KeyType.ECDSA_P521, curve("secp521r1")));

    private PublicKeys() {}

    /** Empty for a key of another kind, on another curve, too short or too long. */
    static Optional<KeyType> typeOf(Key key) {
        return switch (key) {
            case RSAKey rsa -> isUsable(rsa) ? Optional.of(KeyType.RSA) : Optional.empty();
            case ECKey ec ->
                CURVES.entrySet().stream()
                        .filter(curve -> isOn(ec, curve.getValue()))
                        .map(Map.Entry::getKey)
                        .findFirst();
            case EdECKey ed -> byName(ed.getParams());
            default -> Optional.empty();
        };
    }

    private static boolean isUsable(RSAKey key) {
        int bits = key.getModulus().bitLength();
        if (bits < LEAST_RSA_BITS || bits > MOST_RSA_BITS) {
            return false;
        }
        if (!(key instanceof RSAPublicKey publicKey)) {
            return true;
        }
        BigInteger e = publicKey.getPublicExponent();
        return key.getModulus().testBit(0)
                && e.testBit(0)
                && e.compareTo(BigInteger.ONE) > 0
                && e.bitLength() <= MOST_EXPONENT_BITS;
    }

    private static boolean isOn(ECKey key, ECParameterSpec curve) {
        ECParameterSpec own = key.getParams();
        return own != null
                && own.getCurve().equals(curve.getCurve())
                && own.getGenerator().equals(curve.getGenerator())
                && own.getOrder().equals(curve.getOrder());
    }

    private static Optional<KeyType> byName(NamedParameterSpec parameters) {
        return switch (parameters.getName()) {
            case "Ed25519" -> Optional.of(KeyType.ED25519);
            case "Ed448" -> Optional.of(KeyType.ED448);
            default -> Optional.empty();
        };
    }

    private static ECParameterSpec curve(String name) {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(name));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK lacks " + name, e);
        }
    }
}
