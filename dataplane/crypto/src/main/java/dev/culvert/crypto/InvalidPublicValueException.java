package dev.culvert.crypto;

/** A peer's key exchange value that must not be used (RFC 6989 §2, RFC 8031 §3.2). */
public final class InvalidPublicValueException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidPublicValueException(String message) {
        super(message);
    }

    public InvalidPublicValueException(String message, Throwable cause) {
        super(message, cause);
    }
}
