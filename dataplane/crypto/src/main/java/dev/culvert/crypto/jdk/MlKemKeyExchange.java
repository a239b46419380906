package dev.culvert.crypto.jdk;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.EncodedKeySpec;
import javax.crypto.DecapsulateException;
import javax.crypto.KEM;
import org.jspecify.annotations.Nullable;

/**
 * ML-KEM (FIPS 203, draft-ietf-ipsecme-ikev2-mlkem): the initiator's value is an encapsulation key, the responder's the
 * ciphertext that only its holder can open. A ciphertext of the right length always gives a secret; if somebody changed
 * it, another one than the responder's, and what is protected by it cannot be read (FIPS 203 §6.3).
 */
final class MlKemKeyExchange implements KeyExchange {
    private static final int SECRET_LENGTH = 32;

    private final KeyExchangeMethod method;
    private final byte[] encapsulationKey;
    private @Nullable PrivateKey decapsulationKey;

    MlKemKeyExchange(KeyExchangeMethod method, byte[] encapsulationKey, PrivateKey decapsulationKey) {
        this.method = method;
        this.encapsulationKey = encapsulationKey;
        this.decapsulationKey = decapsulationKey;
    }

    /** The initiator's side. */
    static MlKemKeyExchange generate(KeyExchangeMethod method, RandomSource random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(name(method));
            generator.initialize(-1, Jca.secureRandom(random));
            KeyPair pair = generator.generateKeyPair();
            byte[] raw = KeyFactory.getInstance(name(method))
                    .getKeySpec(pair.getPublic(), EncodedKeySpec.class)
                    .getEncoded();
            return new MlKemKeyExchange(method, raw, pair.getPrivate());
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    /**
     * The responder's side, in one go.
     *
     * @throws InvalidPublicValueException if the encapsulation key fails the checks of FIPS 203 §7.2: wrong length, or a
     *     coefficient that is not reduced
     */
    static Answer answer(KeyExchangeMethod method, byte[] peerEncapsulationKey, RandomSource random)
            throws InvalidPublicValueException {
        JdkKeyExchange.requireLength(method, peerEncapsulationKey);
        try {
            PublicKey peer = KeyFactory.getInstance(name(method)).generatePublic(new RawKey(peerEncapsulationKey));
            KEM.Encapsulated encapsulated = KEM.getInstance("ML-KEM")
                    .newEncapsulator(peer, Jca.secureRandom(random))
                    .encapsulate();
            return new Answer(
                    encapsulated.encapsulation(),
                    SecretBytes.wrap(encapsulated.key().getEncoded()));
        } catch (InvalidKeyException e) {
            throw new InvalidPublicValueException(method.keyword() + " encapsulation key is not valid", e);
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
        return encapsulationKey.clone();
    }

    /** Opens the ciphertext, whose length FIPS 203 §7.3 has checked. */
    @Override
    public SecretBytes agree(byte[] ciphertext) throws InvalidPublicValueException {
        PrivateKey own = decapsulationKey;
        if (own == null) {
            throw new IllegalStateException("the key exchange is closed");
        }
        if (ciphertext.length != method.answerLength()) {
            throw new InvalidPublicValueException(
                    method.keyword() + " ciphertext of " + ciphertext.length + " octets, not " + method.answerLength());
        }
        try {
            return SecretBytes.wrap(KEM.getInstance("ML-KEM")
                    .newDecapsulator(own)
                    .decapsulate(ciphertext, 0, SECRET_LENGTH, "Generic")
                    .getEncoded());
        } catch (DecapsulateException e) {
            throw new InvalidPublicValueException(method.keyword() + " ciphertext is not valid", e);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    @Override
    public void close() {
        decapsulationKey = null;
    }

    private static String name(KeyExchangeMethod method) {
        return switch (method) {
            case ML_KEM_512 -> "ML-KEM-512";
            case ML_KEM_768 -> "ML-KEM-768";
            case ML_KEM_1024 -> "ML-KEM-1024";
            default -> throw new IllegalArgumentException(method + " is not ML-KEM");
        };
    }

    /** A key as FIPS 203 writes it, without ASN.1 around it. */
    private static final class RawKey extends EncodedKeySpec {
        RawKey(byte[] octets) {
            super(octets);
        }

        @Override
        public String getFormat() {
            return "RAW";
        }
    }
}
