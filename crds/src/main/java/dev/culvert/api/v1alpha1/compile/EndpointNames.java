package dev.culvert.api.v1alpha1.compile;

import dev.culvert.api.v1alpha1.Labels;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/** The names that operator and agent have to agree on. A namespace has no dots, so a dot behind it separates. */
public final class EndpointNames {
    private EndpointNames() {}

    /** Name of the endpoint of a tunnel on a node: {@code <namespace>.<tunnel>.<hash of the node's name>}. */
    public static String endpoint(String namespace, String tunnel, String nodeName) {
        return namespace + "." + tunnel + "." + hash(nodeName);
    }

    /** Key of the tunnel's pre-shared key in the Secret of its node: {@code <namespace>.<tunnel>.psk}. */
    public static String preSharedKey(String namespace, String tunnel) {
        return namespace + "." + tunnel + ".psk";
    }

    /** Key of this end's certificates in the Secret of the node: {@code <namespace>.<tunnel>.crt}. */
    public static String certificate(String namespace, String tunnel) {
        return namespace + "." + tunnel + ".crt";
    }

    /** Key of this end's private key: {@code <namespace>.<tunnel>.key}. */
    public static String privateKey(String namespace, String tunnel) {
        return namespace + "." + tunnel + ".key";
    }

    /** Key of the certificates that the peer's chain may end at: {@code <namespace>.<tunnel>.ca}. */
    public static String trustBundle(String namespace, String tunnel) {
        return namespace + "." + tunnel + ".ca";
    }

    /** Key of the tunnel's post-quantum pre-shared key: {@code <namespace>.<tunnel>.ppk}. */
    public static String postQuantumPreSharedKey(String namespace, String tunnel) {
        return namespace + "." + tunnel + ".ppk";
    }

    /** Labels of an endpoint. A node's name of more than 63 characters does not fit a label and is hashed. */
    public static Map<String, String> labels(String namespace, String tunnel, String nodeName) {
        return Map.of(Labels.NODE, nodeLabel(nodeName), Labels.TUNNEL, tunnel, Labels.TUNNEL_NAMESPACE, namespace);
    }

    /** Value of {@link Labels#NODE} for a node. */
    public static String nodeLabel(String nodeName) {
        return nodeName.length() <= 63 ? nodeName : hash(nodeName);
    }

    /** Ten hexadecimal digits: enough to tell the nodes of a cluster apart. */
    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 5);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
