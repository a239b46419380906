package dev.culvert.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What {@link IkeSuite} and {@link ChildSuite} have in common. */
final class Suites {
    /** RFC 4303 §2.4: the ciphertext ends on a 4-octet boundary. */
    static final int ESP_ALIGNMENT = 4;

    private Suites() {}

    static void check(EncryptionAlgorithm encryption, int keyLengthBits, Optional<IntegrityAlgorithm> integrity) {
        if (!encryption.keyLengthsBits().contains(keyLengthBits)) {
            throw new IllegalArgumentException(encryption + " with a key of " + keyLengthBits + " bits");
        }
        if (encryption.isAead() == integrity.isPresent()) {
            throw new IllegalArgumentException(
                    encryption + (integrity.isPresent() ? " excludes " : " needs ") + "an integrity algorithm");
        }
    }

    static void requireProtocol(Proposal chosen, SecurityProtocol protocol) {
        if (chosen.protocol() != protocol) {
            throw new IllegalArgumentException("proposal for " + chosen.protocol() + ", not " + protocol);
        }
    }

    static Optional<Transform> only(Proposal chosen, TransformType type) {
        List<Transform> transforms = chosen.transforms(type);
        if (transforms.size() > 1) {
            throw new IllegalArgumentException("'" + chosen + "' leaves a choice of " + type);
        }
        return transforms.stream().findFirst();
    }

    static EncryptionAlgorithm encryption(Transform cipher) {
        return EncryptionAlgorithm.byId(cipher.id())
                .orElseThrow(() -> new IllegalArgumentException("encryption " + cipher + " is not supported"));
    }

    static int keyLengthBits(EncryptionAlgorithm encryption, Transform cipher) {
        if (!encryption.hasKeyLengthAttribute() && cipher.keyLengthBits() == 0) {
            return encryption.keyLengthsBits().getFirst();
        }
        return cipher.keyLengthBits();
    }

    static Optional<IntegrityAlgorithm> integrity(Proposal chosen) {
        return only(chosen, TransformType.INTEGRITY)
                .filter(t -> !t.isNone())
                .map(t -> IntegrityAlgorithm.byId(t.id())
                        .orElseThrow(() -> new IllegalArgumentException("integrity " + t + " is not supported")));
    }

    static Optional<KeyExchangeMethod> keyExchange(Proposal chosen) {
        return only(chosen, TransformType.KEY_EXCHANGE)
                .filter(t -> !t.isNone())
                .map(t -> KeyExchangeMethod.byId(t.id())
                        .orElseThrow(() -> new IllegalArgumentException("key exchange " + t + " is not supported")));
    }

    /** The additional key exchanges in their order, without those that were declined. */
    static List<AdditionalKeyExchange> additional(Proposal chosen) {
        List<AdditionalKeyExchange> additional = new ArrayList<>();
        for (int number = 1; number <= AdditionalKeyExchange.MOST; number++) {
            int type = AdditionalKeyExchange.type(number);
            List<Transform> transforms =
                    chosen.transforms().stream().filter(t -> t.type() == type).toList();
            if (transforms.size() > 1) {
                throw new IllegalArgumentException(
                        "'" + chosen + "' leaves a choice of additional key exchange " + number);
            }
            for (Transform transform : transforms) {
                if (!transform.isNone()) {
                    additional.add(new AdditionalKeyExchange(
                            number,
                            KeyExchangeMethod.byId(transform.id())
                                    .orElseThrow(() -> new IllegalArgumentException(
                                            "key exchange " + transform + " is not supported"))));
                }
            }
        }
        return List.copyOf(additional);
    }

    static IllegalArgumentException missing(Proposal chosen, TransformType type) {
        return new IllegalArgumentException("'" + chosen + "' names no " + type + " that is supported");
    }
}
