package dev.culvert.crypto.x509;

import java.time.Instant;

/** What a CRL or an OCSP response says of one certificate. */
public sealed interface RevocationStatus {
    /**
     * It is not revoked.
     *
     * @param until when newer information will be there (nextUpdate)
     */
    record Good(Instant until) implements RevocationStatus {}

    /**
     * It is.
     *
     * @param since when it was
     * @param reason as RFC 5280 §5.3.1 calls it, such as {@code KEY_COMPROMISE}
     * @param authority who signed that information
     * @param until when newer information will be there
     */
    record Revoked(Instant since, String reason, String authority, Instant until) implements RevocationStatus {}

    /**
     * It says nothing that can be believed.
     *
     * @param why for people
     */
    record Undetermined(String why) implements RevocationStatus {}
}
