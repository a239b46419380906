package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.Optional;

/**
 * The ISAKMP header (RFC 2408 §3.1) but for next payload and length, which follow from the message behind it. Reserved
 * flags are ignored when read and zero when written.
 *
 * @param initiatorCookie of the ISAKMP SA's initiator; never zero in a received message
 * @param responderCookie zero in the initiator's first message
 * @param minorVersion 0 to 15; the major version is 1
 * @param exchangeTypeId 0 to 255, kept if unknown
 * @param encrypted the E flag
 * @param commit the C flag
 * @param authenticationOnly the A flag: protected by a HASH but not encrypted
 * @param messageId 32 bits; zero in phase 1
 */
public record IsakmpHeader(
        long initiatorCookie,
        long responderCookie,
        int minorVersion,
        int exchangeTypeId,
        boolean encrypted,
        boolean commit,
        boolean authenticationOnly,
        int messageId) {

    /** Octets on the wire. */
    public static final int LENGTH = 28;

    static final int MAJOR_VERSION = 1;

    private static final int VERSION = 17;

    private static final int FLAG_ENCRYPTION = 0x01;
    private static final int FLAG_COMMIT = 0x02;
    private static final int FLAG_AUTHENTICATION = 0x04;

    public IsakmpHeader {
        Limits.requireUnsigned("minor version", minorVersion, 0xf);
        Limits.requireUnsigned("exchange type", exchangeTypeId, 0xff);
    }

    /** Version 1.0, no flags. */
    public static IsakmpHeader of(long initiatorCookie, long responderCookie, ExchangeType type, int messageId) {
        return new IsakmpHeader(initiatorCookie, responderCookie, 0, type.id(), false, false, false, messageId);
    }

    public IsakmpHeader withEncryption() {
        return new IsakmpHeader(
                initiatorCookie,
                responderCookie,
                minorVersion,
                exchangeTypeId,
                true,
                commit,
                authenticationOnly,
                messageId);
    }

    public IsakmpHeader withCommit() {
        return new IsakmpHeader(
                initiatorCookie,
                responderCookie,
                minorVersion,
                exchangeTypeId,
                encrypted,
                true,
                authenticationOnly,
                messageId);
    }

    /** Both cookies, the initiator's first: the SPI of the ISAKMP SA (RFC 2408 §2.4). */
    public Bytes cookies() {
        byte[] cookies = new byte[2 * Long.BYTES];
        Bytes.ofLong(initiatorCookie).copyTo(cookies, 0);
        Bytes.ofLong(responderCookie).copyTo(cookies, Long.BYTES);
        return Bytes.of(cookies);
    }

    /** Empty for a type this package does not know. */
    public Optional<ExchangeType> exchangeType() {
        return ExchangeType.byId(exchangeTypeId);
    }

    public boolean is(ExchangeType type) {
        return exchangeTypeId == type.id();
    }

    @Override
    public String toString() {
        return ExchangeType.nameOf(exchangeTypeId) + " " + Integer.toHexString(messageId) + " "
                + Long.toHexString(initiatorCookie) + "_i " + Long.toHexString(responderCookie) + "_r"
                + (encrypted ? " encrypted" : "") + (commit ? " commit" : "");
    }

    /** Whether a datagram has a header, of IKEv1. */
    public static boolean isV1(byte[] datagram) {
        return datagram.length >= LENGTH && majorVersion(datagram) == MAJOR_VERSION;
    }

    /** The same of a part of an array. */
    public static boolean isV1(byte[] array, int offset, int length) {
        return length >= LENGTH && BigEndian.u8(array, offset + VERSION) >>> 4 == MAJOR_VERSION;
    }

    /** Whether a datagram of IKEv1 has no responder's cookie, as the first one of an SA has not. */
    public static boolean beginsSa(byte[] datagram) {
        return BigEndian.int64(datagram, Long.BYTES) == 0;
    }

    /** The major version of a datagram that has a header. */
    static int majorVersion(byte[] datagram) {
        return BigEndian.u8(datagram, VERSION) >>> 4;
    }

    /** Reads the fields that this record has; next payload and length are {@link #nextPayload} and {@link #length}. */
    static IsakmpHeader parse(byte[] datagram) {
        WireReader in = WireReader.of(datagram, 0, LENGTH);
        long initiatorCookie = in.u64();
        long responderCookie = in.u64();
        in.skip(1);
        int version = in.u8();
        int exchangeType = in.u8();
        int flags = in.u8();
        return new IsakmpHeader(
                initiatorCookie,
                responderCookie,
                version & 0xf,
                exchangeType,
                (flags & FLAG_ENCRYPTION) != 0,
                (flags & FLAG_COMMIT) != 0,
                (flags & FLAG_AUTHENTICATION) != 0,
                in.int32());
    }

    /** The type of the first payload of a datagram that has a header. */
    static int nextPayload(byte[] datagram) {
        return BigEndian.u8(datagram, 16);
    }

    /** The length that a datagram with a header claims to have, 0 to 2³²−1. */
    static long length(byte[] datagram) {
        return BigEndian.u32(datagram, 24);
    }

    void writeTo(WireWriter out, int nextPayload, int length) {
        int flags = (encrypted ? FLAG_ENCRYPTION : 0)
                | (commit ? FLAG_COMMIT : 0)
                | (authenticationOnly ? FLAG_AUTHENTICATION : 0);
        out.u64(initiatorCookie)
                .u64(responderCookie)
                .u8(nextPayload)
                .u8(MAJOR_VERSION << 4 | minorVersion)
                .u8(exchangeTypeId)
                .u8(flags)
                .int32(messageId)
                .u32(length);
    }
}
