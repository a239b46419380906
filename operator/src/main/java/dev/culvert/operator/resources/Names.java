package dev.culvert.operator.resources;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names of what the operator makes. Each fits a DNS label of 63 characters; long ones end in a hash. */
public final class Names {
    /** Field manager of everything that the operator applies. */
    public static final String FIELD_MANAGER = "culvert-operator";

    /** Label that tells the operator's own objects from others. */
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    private static final int LONGEST = 63;
    private static final int HASH_LENGTH = 8;

    private Names() {}

    /** Deployment, ServiceAccount, Role, RoleBinding and Secret of a gateway's agent on a node. */
    public static String agent(String gateway, String node) {
        return label("culvert-" + gateway + "-" + node);
    }

    /** ConfigMap, DaemonSet, ServiceAccount, Role and RoleBinding of a gateway's routes on the other nodes. */
    public static String routes(String gateway) {
        return label("culvert-routes-" + gateway);
    }

    /** The field manager that owns one endpoint's entry in its node's Secret; the API server allows 128 characters. */
    public static String fieldManager(String endpoint) {
        return FIELD_MANAGER + "/" + hashed(endpoint, endpoint);
    }

    private static String label(String text) {
        String clean = text.replace('.', '-');
        return clean.length() <= LONGEST && clean.equals(text) ? text : hashed(clean, text);
    }

    private static String hashed(String readable, String whole) {
        String clean = readable.replace('.', '-');
        String start = clean.substring(0, Math.min(clean.length(), LONGEST - HASH_LENGTH - 1));
        return start.replaceAll("-+$", "") + "-" + hash(whole);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
