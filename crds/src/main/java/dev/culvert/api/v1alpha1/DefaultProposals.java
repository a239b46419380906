package dev.culvert.api.v1alpha1;

import java.util.List;

/** What is offered for a tunnel that names no proposals, best first: nothing that counts as weak. */
public final class DefaultProposals {
    public static final List<String> IKE = List.of(
            "aes256gcm16-aes128gcm16-prfsha384-prfsha256-x25519-ecp256-modp2048",
            "aes256-aes128-sha256-prfsha256-x25519-ecp256-modp2048");
    public static final List<String> ESP = List.of(
            "aes256gcm16-aes128gcm16-x25519-ecp256-modp2048", "aes256gcm16-aes128gcm16", "aes256-aes128-sha256");

    private DefaultProposals() {}
}
