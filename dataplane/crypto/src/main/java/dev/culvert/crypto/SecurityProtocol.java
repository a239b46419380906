package dev.culvert.crypto;

import java.util.Optional;

/** Security protocol identifiers of proposals, notifies and deletes (RFC 7296 §3.3.1). */
public enum SecurityProtocol {
    IKE(1),
    AH(2),
    ESP(3);

    private final int id;

    SecurityProtocol(int id) {
        this.id = id;
    }

    /** The IANA number, as on the wire. */
    public int id() {
        return id;
    }

    public static Optional<SecurityProtocol> byId(int id) {
        return Ids.find(values(), SecurityProtocol::id, id);
    }
}
