package dev.culvert.io.tcp;

/** Why a connection was closed. */
public enum StreamEnd {
    /** No tunnel needs it any more. */
    RELEASED("released"),
    /** The other side closed it, or a middlebox reset it. */
    CLOSED_BY_PEER("closed-by-peer"),
    /** It could not be opened. */
    NOT_CONNECTED("not-connected"),
    /** It began otherwise than RFC 9329 §4 says. */
    BAD_PREFIX("bad-prefix"),
    /** A message had a length of 0 or 1 (RFC 9329 §3). */
    BAD_LENGTH("bad-length"),
    /** Nobody proved for too long that it belongs to an IKE SA. */
    UNPROVEN("unproven"),
    /** There were too many of that kind already, in all or from that address. */
    TOO_MANY("too-many");

    private final String keyword;

    StreamEnd(String keyword) {
        this.keyword = keyword;
    }

    /** For metrics. */
    public String keyword() {
        return keyword;
    }
}
