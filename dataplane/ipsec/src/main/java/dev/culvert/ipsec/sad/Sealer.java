package dev.culvert.ipsec.sad;

import dev.culvert.wire.PacketBuffer;

/** Puts payloads into ESP or AH, for the outbound direction of one SA. Owned by one worker. */
sealed interface Sealer extends AutoCloseable permits EspSealer, AhSealer {
    /** 50 or 51. */
    int protocol();

    /**
     * Bytes in front of a payload.
     *
     * @param ipVersion of the header before it
     */
    int headerLength(int ipVersion);

    /** Puts the header in front of a payload, and with ESP the rest around it. */
    void seal(PacketBuffer payload, int ipVersion, int spi, long sequence, int nextHeader);

    /**
     * Ends the work when the IP header is there, which AH covers.
     *
     * @param packet from the IP header on
     * @param header offset of the ESP or AH header
     * @return false if the IP header is malformed
     */
    boolean sign(PacketBuffer packet, int header, long sequence);

    @Override
    void close();
}
