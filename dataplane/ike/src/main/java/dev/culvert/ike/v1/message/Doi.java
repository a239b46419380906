package dev.culvert.ike.v1.message;

/** Domains of interpretation, and the situation of the one that is spoken here (RFC 2407 §4.1, §4.2). */
public final class Doi {
    /** Of no domain: notifies and deletes of an ISAKMP SA may carry it (RFC 2408 §3.14). */
    public static final int ISAKMP = 0;

    public static final int IPSEC = 1;

    /** SIT_IDENTITY_ONLY, the one situation that needs no labels. */
    public static final int SITUATION_IDENTITY_ONLY = 1;

    private Doi() {}
}
