package dev.culvert.crypto.signature;

import java.util.Optional;

/** IANA "IKEv2 Hash Algorithms", which SIGNATURE_HASH_ALGORITHMS lists (RFC 7427 §4, RFC 8420 §2). */
public enum SignatureHash {
    /** Never announced, and used only with peers that know no other way. */
    SHA1(1),
    SHA2_256(2),
    SHA2_384(3),
    SHA2_512(4),
    /** No hash before the signature algorithm's own: Ed25519 and Ed448. */
    IDENTITY(5);

    private final int id;

    SignatureHash(int id) {
        this.id = id;
    }

    /** The IANA number, as on the wire. */
    public int id() {
        return id;
    }

    public static Optional<SignatureHash> byId(int id) {
        for (SignatureHash hash : values()) {
            if (hash.id == id) {
                return Optional.of(hash);
            }
        }
        return Optional.empty();
    }
}
