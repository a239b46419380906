package dev.culvert.crypto.jdk;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.RandomSource;

/** Chooses the class of a key exchange method. */
public final class JdkKeyExchange {
    private JdkKeyExchange() {}

    public static KeyExchange generate(KeyExchangeMethod method, RandomSource random) {
        return switch (method) {
            case MODP_1024, MODP_1536, MODP_2048, MODP_3072, MODP_4096, MODP_6144, MODP_8192 ->
                ModpKeyExchange.generate(ModpGroup.of(method), random);
            case ECP_256, ECP_384, ECP_521, BRAINPOOL_256, BRAINPOOL_384, BRAINPOOL_512 ->
                EcpKeyExchange.generate(EcpCurve.of(method), random);
            case X25519, X448 -> XdhKeyExchange.generate(method, random);
            case ML_KEM_512, ML_KEM_768, ML_KEM_1024 -> MlKemKeyExchange.generate(method, random);
        };
    }

    /** The responder's side. */
    public static KeyExchange.Answer answer(KeyExchangeMethod method, byte[] peerPublicValue, RandomSource random)
            throws InvalidPublicValueException {
        if (method.isKem()) {
            return MlKemKeyExchange.answer(method, peerPublicValue, random);
        }
        try (KeyExchange own = generate(method, random)) {
            return new KeyExchange.Answer(own.publicValue(), own.agree(peerPublicValue));
        }
    }

    static void requireLength(KeyExchangeMethod method, byte[] publicValue) throws InvalidPublicValueException {
        if (publicValue.length != method.publicValueLength()) {
            throw new InvalidPublicValueException(method.keyword() + " public value of " + publicValue.length
                    + " octets, not " + method.publicValueLength());
        }
    }
}
