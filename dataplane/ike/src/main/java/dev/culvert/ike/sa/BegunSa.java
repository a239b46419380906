package dev.culvert.ike.sa;

/** An SA that a peer began, as it is counted while nobody has authenticated. */
public interface BegunSa {
    /** Our SPI, or cookie. */
    long localSpi();

    /** Whether the peer has not authenticated yet. */
    boolean isHalfOpen();
}
