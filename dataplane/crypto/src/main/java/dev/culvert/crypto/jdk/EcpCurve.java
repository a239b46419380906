package dev.culvert.crypto.jdk;

import dev.culvert.crypto.KeyExchangeMethod;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;

/** The NIST curves of RFC 5903. */
enum EcpCurve {
    P256(KeyExchangeMethod.ECP_256, "secp256r1"),
    P384(KeyExchangeMethod.ECP_384, "secp384r1"),
    P521(KeyExchangeMethod.ECP_521, "secp521r1");

    private final KeyExchangeMethod method;
    private final String jcaName;

    /** Immutable in fact: the JDK's own object for a named curve. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final ECParameterSpec parameters;

    EcpCurve(KeyExchangeMethod method, String jcaName) {
        this.method = method;
        this.jcaName = jcaName;
        try {
            AlgorithmParameters named = AlgorithmParameters.getInstance("EC");
            named.init(new ECGenParameterSpec(jcaName));
            this.parameters = named.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    static EcpCurve of(KeyExchangeMethod method) {
        for (EcpCurve curve : values()) {
            if (curve.method == method) {
                return curve;
            }
        }
        throw new IllegalArgumentException(method + " is no ECP group");
    }

    KeyExchangeMethod method() {
        return method;
    }

    String jcaName() {
        return jcaName;
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
