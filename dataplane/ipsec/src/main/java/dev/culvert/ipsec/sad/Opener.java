package dev.culvert.ipsec.sad;

/** Takes payloads out of ESP or AH, for the inbound direction of one SA. Owned by one worker. */
sealed interface Opener extends AutoCloseable permits EspOpener, AhOpener {
    /** {@link #open} for a packet that is not authentic. */
    int NOT_AUTHENTIC = -1;

    /** 50 or 51. */
    int protocol();

    /** Bytes of the shortest packet, from the ESP or AH header on. */
    int minimumLength();

    /**
     * Verifies, and then writes what was protected into another array.
     *
     * @param outer offset of the IP header; of no meaning with ESP
     * @param header offset of the ESP or AH header
     * @param length from there to the end
     * @return bytes written, with ESP the trailer included; {@link #NOT_AUTHENTIC} with nothing written
     */
    int open(byte[] a, int outer, int header, int length, long sequence, byte[] out, int outOffset);

    @Override
    void close();
}
