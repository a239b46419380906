package dev.culvert.crypto.jdk;

import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.bc.BouncyCastle;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/** The NIST curves of RFC 5903, from the JDK, and those of RFC 6954 (Brainpool), from Bouncy Castle. Immutable. */
final class EcpCurve {
    private static final Map<KeyExchangeMethod, EcpCurve> LOADED = new ConcurrentHashMap<>();

    private final KeyExchangeMethod method;
    private final String jcaName;
    private final @Nullable Provider provider;
    private final ECParameterSpec parameters;

    private EcpCurve(KeyExchangeMethod method, String jcaName, @Nullable Provider provider) {
        this.method = method;
        this.jcaName = jcaName;
        this.provider = provider;
        try {
            AlgorithmParameters named = provider == null
                    ? AlgorithmParameters.getInstance("EC")
                    : AlgorithmParameters.getInstance("EC", provider);
            named.init(new ECGenParameterSpec(jcaName));
            this.parameters = named.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    static EcpCurve of(KeyExchangeMethod method) {
        return LOADED.computeIfAbsent(method, EcpCurve::load);
    }

    private static EcpCurve load(KeyExchangeMethod method) {
        return switch (method) {
            case ECP_256 -> new EcpCurve(method, "secp256r1", null);
            case ECP_384 -> new EcpCurve(method, "secp384r1", null);
            case ECP_521 -> new EcpCurve(method, "secp521r1", null);
            case BRAINPOOL_256 -> new EcpCurve(method, "brainpoolP256r1", BouncyCastle.provider());
            case BRAINPOOL_384 -> new EcpCurve(method, "brainpoolP384r1", BouncyCastle.provider());
            case BRAINPOOL_512 -> new EcpCurve(method, "brainpoolP512r1", BouncyCastle.provider());
            default -> throw new IllegalArgumentException(method + " is no group of RFC 5903 or RFC 6954");
        };
    }

    KeyExchangeMethod method() {
        return method;
    }

    KeyPairGenerator keyPairGenerator(SecureRandom random) throws GeneralSecurityException {
        KeyPairGenerator generator =
                provider == null ? KeyPairGenerator.getInstance("EC") : KeyPairGenerator.getInstance("EC", provider);
        generator.initialize(new ECGenParameterSpec(jcaName), random);
        return generator;
    }

    KeyFactory keyFactory() throws GeneralSecurityException {
        return provider == null ? KeyFactory.getInstance("EC") : KeyFactory.getInstance("EC", provider);
    }

    KeyAgreement keyAgreement() throws GeneralSecurityException {
        return provider == null ? KeyAgreement.getInstance("ECDH") : KeyAgreement.getInstance("ECDH", provider);
    }

    ECParameterSpec parameters() {
        return parameters;
    }

    /** Octets of a coordinate. */
    int coordinateLength() {
        return method.secretLength();
    }

    /** RFC 6989 §2.3: both coordinates below p, and y² = x³ + ax + b. The point at infinity has no encoding in IKE. */
    boolean contains(ECPoint point) {
        BigInteger p = ((ECFieldFp) parameters.getCurve().getField()).getP();
        BigInteger x = point.getAffineX();
        BigInteger y = point.getAffineY();
        if (x.signum() < 0 || y.signum() < 0 || x.compareTo(p) >= 0 || y.compareTo(p) >= 0) {
            return false;
        }
        BigInteger right = x.multiply(x)
                .add(parameters.getCurve().getA())
                .multiply(x)
                .add(parameters.getCurve().getB());
        return y.multiply(y).subtract(right).mod(p).signum() == 0;
    }
}
