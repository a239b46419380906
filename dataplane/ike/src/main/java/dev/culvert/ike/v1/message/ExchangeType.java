package dev.culvert.ike.v1.message;

import java.util.Optional;

/** Exchange types (RFC 2408 §3.1, RFC 2409 appendix A). */
public enum ExchangeType {
    BASE(1, "base"),
    /** Identity protection: main mode. */
    MAIN(2, "main mode"),
    AUTHENTICATION_ONLY(3, "authentication only"),
    AGGRESSIVE(4, "aggressive mode"),
    INFORMATIONAL(5, "informational"),
    /** Mode configuration and XAUTH of expired drafts; known by name only. */
    TRANSACTION(6, "transaction"),
    QUICK(32, "quick mode"),
    NEW_GROUP(33, "new group mode");

    private final int id;
    private final String words;

    ExchangeType(int id, String words) {
        this.id = id;
        this.words = words;
    }

    public int id() {
        return id;
    }

    /** For people: {@code main mode}. */
    public String words() {
        return words;
    }

    /** Whether it makes an ISAKMP SA. Its messages have the message ID 0 (RFC 2408 §3.1). */
    public boolean isPhase1() {
        return this == BASE || this == MAIN || this == AUTHENTICATION_ONLY || this == AGGRESSIVE;
    }

    public static Optional<ExchangeType> byId(int id) {
        for (ExchangeType type : values()) {
            if (type.id == id) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** A name for people: {@code quick mode}, {@code exchange 200}. */
    public static String nameOf(int id) {
        return byId(id).map(ExchangeType::words).orElse("exchange " + id);
    }
}
