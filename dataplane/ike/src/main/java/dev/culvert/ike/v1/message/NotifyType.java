package dev.culvert.ike.v1.message;

import java.util.Optional;

/**
 * Notify message types of RFC 2408 §3.14.1, of the IPsec DOI (RFC 2407 §4.6.3), and those of dead peer detection (RFC
 * 3706). Errors are below 16384, the DOI's among them from 8192.
 */
public enum NotifyType {
    // Errors
    INVALID_PAYLOAD_TYPE(1, "a payload of that type is not known or has no place there"),
    DOI_NOT_SUPPORTED(2, "the domain of interpretation is not supported"),
    SITUATION_NOT_SUPPORTED(3, "the situation is not supported"),
    INVALID_COOKIE(4, "the cookies are not recognised, as after a restart"),
    INVALID_MAJOR_VERSION(5, "the major version is not supported"),
    INVALID_MINOR_VERSION(6, "the minor version is not supported"),
    INVALID_EXCHANGE_TYPE(7, "the exchange type is not supported or not allowed"),
    INVALID_FLAGS(8, "the header's flags are wrong"),
    INVALID_MESSAGE_ID(9, "the message ID is wrong"),
    INVALID_PROTOCOL_ID(10, "the protocol of a proposal is not supported"),
    INVALID_SPI(11, "the SPI is not recognised"),
    INVALID_TRANSFORM_ID(12, "the transform is not supported"),
    ATTRIBUTES_NOT_SUPPORTED(13, "attributes of a transform are not supported"),
    NO_PROPOSAL_CHOSEN(14, "none of the proposed algorithms is acceptable"),
    BAD_PROPOSAL_SYNTAX(15, "the proposals are against the syntax"),
    PAYLOAD_MALFORMED(16, "a payload is malformed, as it is when it was encrypted with another key"),
    INVALID_KEY_INFORMATION(17, "the key exchange value is wrong"),
    INVALID_ID_INFORMATION(18, "the identity, or the networks to be protected, are not acceptable"),
    INVALID_CERT_ENCODING(19, "the encoding of the certificate is not supported"),
    INVALID_CERTIFICATE(20, "the certificate is wrong"),
    CERT_TYPE_UNSUPPORTED(21, "the type of certificate is not supported"),
    INVALID_CERT_AUTHORITY(22, "the authority of the certificate is not accepted"),
    INVALID_HASH_INFORMATION(23, "a HASH payload is wrong, as it is when the pre-shared keys differ"),
    AUTHENTICATION_FAILED(24, "the authentication failed"),
    INVALID_SIGNATURE(25, "the signature is wrong"),
    ADDRESS_NOTIFICATION(26, "an address is told"),
    NOTIFY_SA_LIFETIME(27, "a lifetime is told"),
    CERTIFICATE_UNAVAILABLE(28, "the certificate is not available"),
    UNSUPPORTED_EXCHANGE_TYPE(29, "the exchange type is not supported"),
    UNEQUAL_PAYLOAD_LENGTHS(30, "the lengths of the payloads are not that of the message"),

    // Status
    CONNECTED(16384, "the SA is in use: what the commit bit had the peer wait for"),
    RESPONDER_LIFETIME(24576, "the responder keeps the SA for a shorter time, which follows"),
    REPLAY_STATUS(24577, "whether repeated packets are detected"),
    INITIAL_CONTACT(24578, "the only SA between these peers"),
    /** RFC 3706 §5.3. */
    R_U_THERE(36136, "an answer is asked for, as a sign of life"),
    /** RFC 3706 §5.4. */
    R_U_THERE_ACK(36137, "the answer to a question for a sign of life");

    private static final int FIRST_STATUS = 16384;

    private final int id;
    private final String meaning;

    NotifyType(int id, String meaning) {
        this.id = id;
        this.meaning = meaning;
    }

    public int id() {
        return id;
    }

    /** What it says, for people; no capital, no full stop. */
    public String meaning() {
        return meaning;
    }

    public boolean isError() {
        return isError(id);
    }

    /** Whether a type, known or not, says that something failed: 1 to 16383 (RFC 2408 §3.14.1). */
    public static boolean isError(int id) {
        return id < FIRST_STATUS;
    }

    public static Optional<NotifyType> byId(int id) {
        for (NotifyType type : values()) {
            if (type.id == id) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** As the RFCs write it: {@code NO-PROPOSAL-CHOSEN}. */
    public String notation() {
        return name().replace('_', '-');
    }

    /** A name for people: {@code NO-PROPOSAL-CHOSEN}, {@code notify error 8192}. */
    public static String nameOf(int id) {
        return byId(id).map(NotifyType::notation)
                .orElseGet(() -> (isError(id) ? "notify error " : "notify status ") + id);
    }

    @Override
    public String toString() {
        return notation();
    }
}
