package dev.culvert.ike.endpoint;

/**
 * How a datagram stands to others that wait, as far as its header and its sender's address tell. Nothing of that is
 * authentic; it only decides who waits for whom. From what goes first to what goes last.
 */
public enum Precedence {
    /** It names an IKE SA that is authenticated or that we began: an existing tunnel's liveness and rekeying. */
    KNOWN_SA,
    /** It names an IKE SA that a peer began and nobody authenticated yet; there is a limit for those. */
    HALF_OPEN_SA,
    /** It names no SA, and comes from an address that is configured as a peer's. */
    CONFIGURED_PEER,
    /** Anything else. */
    STRANGER
}
