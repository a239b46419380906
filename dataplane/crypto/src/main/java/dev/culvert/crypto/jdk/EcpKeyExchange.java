package dev.culvert.crypto.jdk;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/** ECDH on a NIST or Brainpool curve: x and y without a prefix on the wire, the shared secret being x alone (RFC 5903 §7, RFC 6954 §2). */
final class EcpKeyExchange implements KeyExchange {
    private final EcpCurve curve;
    private final byte[] publicValue;
    private @Nullable PrivateKey privateKey;

    private EcpKeyExchange(EcpCurve curve, PrivateKey privateKey, ECPoint publicPoint) {
        this.curve = curve;
        this.privateKey = privateKey;
        this.publicValue = new byte[curve.method().publicValueLength()];
        int length = curve.coordinateLength();
        System.arraycopy(FixedLength.bigEndian(publicPoint.getAffineX(), length), 0, publicValue, 0, length);
        System.arraycopy(FixedLength.bigEndian(publicPoint.getAffineY(), length), 0, publicValue, length, length);
    }

    static EcpKeyExchange generate(EcpCurve curve, RandomSource random) {
        try {
            KeyPair pair = curve.keyPairGenerator(Jca.secureRandom(random)).generateKeyPair();
            return new EcpKeyExchange(curve, pair.getPrivate(), ((ECPublicKey) pair.getPublic()).getW());
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    /** For known answers. */
    static EcpKeyExchange withKey(EcpCurve curve, PrivateKey privateKey, ECPoint publicPoint) {
        return new EcpKeyExchange(curve, privateKey, publicPoint);
    }

    @Override
    public KeyExchangeMethod method() {
        return curve.method();
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
        int length = curve.coordinateLength();
        ECPoint point = new ECPoint(
                FixedLength.parse(peerPublicValue, 0, length), FixedLength.parse(peerPublicValue, length, length));
        if (!curve.contains(point)) {
            throw new InvalidPublicValueException(method().keyword() + " public value is not on the curve");
        }
        try {
            PublicKey peer = curve.keyFactory().generatePublic(new ECPublicKeySpec(point, curve.parameters()));
            KeyAgreement agreement = curve.keyAgreement();
            agreement.init(own);
            agreement.doPhase(peer, true);
            return SecretBytes.wrap(agreement.generateSecret());
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    @Override
    public void close() {
        privateKey = null;
    }
}
