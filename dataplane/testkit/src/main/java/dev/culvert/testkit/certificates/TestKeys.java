package dev.culvert.testkit.certificates;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Key pairs by name: {@code rsa2048}, {@code rsa3072}, {@code ecp256}, {@code ecp384}, {@code ecp521}, {@code ed25519}, {@code ed448}. */
public final class TestKeys {
    private static final Map<String, String> CURVES =
            Map.of("ecp256", "secp256r1", "ecp384", "secp384r1", "ecp521", "secp521r1");
    private static final Map<String, KeyPair> SHARED = new ConcurrentHashMap<>();

    private TestKeys() {}

    /** A new pair. */
    public static KeyPair generate(String name) {
        try {
            if (name.startsWith("rsa")) {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
                generator.initialize(Integer.parseInt(name.substring(3)));
                return generator.generateKeyPair();
            }
            String curve = CURVES.get(name);
            if (curve != null) {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                generator.initialize(new ECGenParameterSpec(curve));
                return generator.generateKeyPair();
            }
            return KeyPairGenerator.getInstance(name).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same pair for the same names in this process: RSA keys take long to find. */
    public static KeyPair shared(String name, String owner) {
        return SHARED.computeIfAbsent(name + " " + owner, key -> generate(name));
    }

    /** PKCS #8 in PEM. */
    public static String pem(PrivateKey key) {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + type + "-----\n";
    }
}
