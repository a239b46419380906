package dev.culvert.ike.message;

import java.util.Optional;

/** Exchange types of IKEv2 (RFC 7296 §3.1, IANA "IKEv2 Exchange Types") that have a meaning here. */
public enum ExchangeType {
    /** RFC 7296 §1.2. */
    IKE_SA_INIT(34),
    /** RFC 7296 §1.2. */
    IKE_AUTH(35),
    /** RFC 7296 §1.3. */
    CREATE_CHILD_SA(36),
    /** RFC 7296 §1.4. */
    INFORMATIONAL(37),
    /** RFC 5723 §4.3. */
    IKE_SESSION_RESUME(38),
    /** RFC 9242. */
    IKE_INTERMEDIATE(43),
    /** RFC 9370 §2.2.4. */
    IKE_FOLLOWUP_KE(44);

    private final int id;

    ExchangeType(int id) {
        this.id = id;
    }

    public int id() {
        return id;
    }

    public static Optional<ExchangeType> byId(int id) {
        for (ExchangeType type : values()) {
            if (type.id == id) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
