package dev.culvert.agent.revocation;

/** Something could not be fetched. The message is for people and does not repeat the URL. */
final class FetchException extends Exception {
    private static final long serialVersionUID = 1L;

    FetchException(String message) {
        super(message);
    }
}
