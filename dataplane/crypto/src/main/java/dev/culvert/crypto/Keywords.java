package dev.culvert.crypto;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * strongSwan's proposal keywords, one transform each. The supported ones come from the enums; the others are listed so
 * that an error message and a log of a peer's proposal can name them.
 */
final class Keywords {
    /** @param supported false for what strongSwan knows and this implementation does not run */
    record Keyword(String name, Transform transform, boolean supported) {}

    private static final Map<String, Keyword> BY_NAME = new LinkedHashMap<>();

    /** The first keyword of a transform is the one that is printed. */
    private static final Map<Transform, String> NAMES = new HashMap<>();

    static {
        for (EncryptionAlgorithm algorithm : EncryptionAlgorithm.values()) {
            for (int bits : algorithm.keyLengthsBits()) {
                supported(algorithm.keyword(bits), Transform.of(algorithm, bits));
            }
        }
        supported("aes", Transform.of(EncryptionAlgorithm.AES_CBC, 128));
        for (int bits : EncryptionAlgorithm.AES_GCM_16.keyLengthsBits()) {
            supported("aes" + bits + "gcm", Transform.of(EncryptionAlgorithm.AES_GCM_16, bits));
            supported("aes" + bits + "gcm128", Transform.of(EncryptionAlgorithm.AES_GCM_16, bits));
            supported("aes" + bits + "gcm96", Transform.of(EncryptionAlgorithm.AES_GCM_12, bits));
            supported("aes" + bits + "gcm64", Transform.of(EncryptionAlgorithm.AES_GCM_8, bits));
            supported("aes" + bits + "ccm", Transform.of(EncryptionAlgorithm.AES_CCM_16, bits));
            supported("aes" + bits + "ccm128", Transform.of(EncryptionAlgorithm.AES_CCM_16, bits));
            supported("aes" + bits + "ccm96", Transform.of(EncryptionAlgorithm.AES_CCM_12, bits));
            supported("aes" + bits + "ccm64", Transform.of(EncryptionAlgorithm.AES_CCM_8, bits));
        }
        for (IntegrityAlgorithm algorithm : IntegrityAlgorithm.values()) {
            supported(algorithm.keyword(), Transform.of(algorithm));
        }
        supported("sha", Transform.of(IntegrityAlgorithm.HMAC_SHA1_96));
        supported("sha2_256", Transform.of(IntegrityAlgorithm.HMAC_SHA2_256_128));
        supported("sha2_384", Transform.of(IntegrityAlgorithm.HMAC_SHA2_384_192));
        supported("sha2_512", Transform.of(IntegrityAlgorithm.HMAC_SHA2_512_256));
        supported("sha2_256_96", Transform.of(IntegrityAlgorithm.HMAC_SHA2_256_96));
        for (PrfAlgorithm algorithm : PrfAlgorithm.values()) {
            supported(algorithm.keyword(), Transform.of(algorithm));
        }
        for (KeyExchangeMethod method : KeyExchangeMethod.values()) {
            supported(method.keyword(), Transform.of(method));
        }
        supported("curve25519", Transform.of(KeyExchangeMethod.X25519));
        supported("curve448", Transform.of(KeyExchangeMethod.X448));
        supported("none", Transform.of(TransformType.KEY_EXCHANGE, Transform.ID_NONE));
        supported("modpnone", Transform.of(TransformType.KEY_EXCHANGE, Transform.ID_NONE));
        supported("noesn", Transform.NO_ESN);
        supported("esn", Transform.ESN);

        known(TransformType.ENCRYPTION, 2, "des");
        known(TransformType.ENCRYPTION, 6, "cast128");
        known(TransformType.ENCRYPTION, 7, "blowfish");
        for (int bits : new int[] {128, 192, 256}) {
            known(TransformType.ENCRYPTION, 7, bits, "blowfish" + bits);
            known(TransformType.ENCRYPTION, 23, bits, "camellia" + bits);
            known(TransformType.ENCRYPTION, 24, bits, "camellia" + bits + "ctr");
            known(TransformType.ENCRYPTION, 25, bits, "camellia" + bits + "ccm8");
            known(TransformType.ENCRYPTION, 26, bits, "camellia" + bits + "ccm12");
            known(TransformType.ENCRYPTION, 27, bits, "camellia" + bits + "ccm16");
        }
        known(TransformType.ENCRYPTION, 28, 256, "chacha20poly1305compat");
        known(TransformType.INTEGRITY, 6, "md5_128");
        known(TransformType.INTEGRITY, 7, "sha1_160");
        known(TransformType.KEY_EXCHANGE, 1, "modp768");
        known(TransformType.KEY_EXCHANGE, 22, "modp1024s160");
        known(TransformType.KEY_EXCHANGE, 23, "modp2048s224");
        known(TransformType.KEY_EXCHANGE, 24, "modp2048s256");
        known(TransformType.KEY_EXCHANGE, 25, "ecp192");
        known(TransformType.KEY_EXCHANGE, 26, "ecp224");
        known(TransformType.KEY_EXCHANGE, 27, "ecp224bp");
    }

    private Keywords() {}

    static Optional<Keyword> find(String name) {
        return additional(name).or(() -> Optional.ofNullable(BY_NAME.get(name)));
    }

    /** {@code ke1_mlkem768}: the key exchange behind the underscore, as an additional one (RFC 9370). */
    private static Optional<Keyword> additional(String name) {
        if (!name.matches("ke[1-7]_.+")) {
            return Optional.empty();
        }
        int number = name.charAt(2) - '0';
        return Optional.ofNullable(BY_NAME.get(name.substring(4)))
                .filter(keyword -> keyword.transform().is(TransformType.KEY_EXCHANGE))
                .map(keyword -> new Keyword(
                        name,
                        new Transform(
                                AdditionalKeyExchange.type(number),
                                keyword.transform().id(),
                                0),
                        keyword.supported()));
    }

    /** The supported keywords of a type, each transform once, in the order of the enums. What {@link Dialect} excludes is in it. */
    static List<String> supported(TransformType type) {
        List<String> names = new ArrayList<>();
        for (Keyword keyword : BY_NAME.values()) {
            if (keyword.supported()
                    && keyword.transform().is(type)
                    && keyword.name().equals(NAMES.get(keyword.transform()))) {
                names.add(keyword.name());
            }
        }
        return names;
    }

    /** Total: what has no keyword is printed with its numbers, in capitals, so that it is no keyword. */
    static String print(Transform transform) {
        String name = NAMES.get(transform);
        if (name != null) {
            return name;
        }
        if (AdditionalKeyExchange.isType(transform.type())) {
            return "ke" + AdditionalKeyExchange.number(transform.type()) + "_"
                    + print(new Transform(
                            TransformType.KEY_EXCHANGE.id(),
                            transform.id(),
                            transform.keyLengthBits(),
                            transform.otherAttributes()));
        }
        String type = TransformType.byId(transform.type())
                .map(known -> switch (known) {
                    case ENCRYPTION -> "ENCR_";
                    case PRF -> "PRF_";
                    case INTEGRITY -> "INTEG_";
                    case KEY_EXCHANGE,
                            ADDITIONAL_KEY_EXCHANGE_1,
                            ADDITIONAL_KEY_EXCHANGE_2,
                            ADDITIONAL_KEY_EXCHANGE_3,
                            ADDITIONAL_KEY_EXCHANGE_4,
                            ADDITIONAL_KEY_EXCHANGE_5,
                            ADDITIONAL_KEY_EXCHANGE_6,
                            ADDITIONAL_KEY_EXCHANGE_7 -> "KE_";
                    case EXTENDED_SEQUENCE_NUMBERS -> "ESN_";
                })
                .orElse("TYPE_" + transform.type() + "_");
        StringBuilder text = new StringBuilder(type).append(transform.id());
        if (transform.keyLengthBits() != 0) {
            text.append('/').append(transform.keyLengthBits());
        }
        transform
                .otherAttributes()
                .forEach(attribute -> text.append('[').append(attribute).append(']'));
        return text.toString();
    }

    private static void supported(String name, Transform transform) {
        add(name, transform, true);
    }

    private static void known(TransformType type, int id, String... names) {
        known(type, id, 0, names);
    }

    private static void known(TransformType type, int id, int keyLengthBits, String... names) {
        for (String name : names) {
            add(name, new Transform(type.id(), id, keyLengthBits), false);
        }
    }

    private static void add(String name, Transform transform, boolean supported) {
        BY_NAME.put(name, new Keyword(name, transform, supported));
        NAMES.putIfAbsent(transform, name);
    }
}
