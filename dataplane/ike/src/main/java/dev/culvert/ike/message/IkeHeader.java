package dev.culvert.ike.message;

import dev.culvert.wire.BigEndian;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.Optional;

/**
 * The IKE header (RFC 7296 §3.1) but for next payload and length, which follow from the message behind it. Reserved flags
 * are ignored when read and zero when written.
 *
 * @param initiatorSpi SPI of the SA's initiator
 * @param responderSpi SPI of the SA's responder; zero in the first request of IKE_SA_INIT
 * @param majorVersion 0 to 15; this package reads and writes 2
 * @param minorVersion 0 to 15; kept as it came
 * @param exchangeTypeId 0 to 255, kept if unknown
 * @param fromInitiator the I flag: the sender is the original initiator of the IKE SA
 * @param higherVersion the V flag: the sender can speak a higher major version
 * @param response the R flag
 * @param messageId 32 bits, unsigned
 */
public record IkeHeader(
        long initiatorSpi,
        long responderSpi,
        int majorVersion,
        int minorVersion,
        int exchangeTypeId,
        boolean fromInitiator,
        boolean higherVersion,
        boolean response,
        int messageId) {

    /** Octets on the wire. */
    public static final int LENGTH = 28;

    private static final int RESPONDER_SPI = 8;
    private static final int EXCHANGE_TYPE = 18;
    private static final int FLAGS = 19;
    private static final int FLAG_INITIATOR = 0x08;
    private static final int FLAG_VERSION = 0x10;
    private static final int FLAG_RESPONSE = 0x20;

    public IkeHeader {
        Limits.requireUnsigned("major version", majorVersion, 0xf);
        Limits.requireUnsigned("minor version", minorVersion, 0xf);
        Limits.requireUnsigned("exchange type", exchangeTypeId, 0xff);
    }

    /** A request of IKE version 2.0. */
    public static IkeHeader request(
            long initiatorSpi, long responderSpi, ExchangeType exchangeType, boolean fromInitiator, int messageId) {
        return new IkeHeader(
                initiatorSpi, responderSpi, 2, 0, exchangeType.id(), fromInitiator, false, false, messageId);
    }

    /** A response of IKE version 2.0. */
    public static IkeHeader response(
            long initiatorSpi, long responderSpi, ExchangeType exchangeType, boolean fromInitiator, int messageId) {
        return new IkeHeader(
                initiatorSpi, responderSpi, 2, 0, exchangeType.id(), fromInitiator, false, true, messageId);
    }

    /** The header of the response to this request: same SPIs, exchange and message ID; R set, I inverted. */
    public IkeHeader reply() {
        return new IkeHeader(initiatorSpi, responderSpi, 2, 0, exchangeTypeId, !fromInitiator, false, true, messageId);
    }

    public IkeHeader withResponderSpi(long spi) {
        return new IkeHeader(
                initiatorSpi,
                spi,
                majorVersion,
                minorVersion,
                exchangeTypeId,
                fromInitiator,
                higherVersion,
                response,
                messageId);
    }

    /** Empty for a type this package does not know. */
    public Optional<ExchangeType> exchangeType() {
        return ExchangeType.byId(exchangeTypeId);
    }

    public boolean is(ExchangeType type) {
        return exchangeTypeId == type.id();
    }

    /** The SPI that the receiver of this message chose. */
    public long receiverSpi() {
        return fromInitiator ? responderSpi : initiatorSpi;
    }

    @Override
    public String toString() {
        return exchangeType().map(Enum::name).orElse("exchange " + exchangeTypeId)
                + (response ? " response " : " request ") + Integer.toUnsignedString(messageId)
                + " " + Long.toHexString(initiatorSpi) + "_i " + Long.toHexString(responderSpi) + "_r";
    }

    /**
     * The SPI that the receiver of a datagram chose, without reading the rest; 0 if the datagram is too short to be of
     * IKE.
     */
    public static long receiverSpi(byte[] array, int offset, int length) {
        if (length < LENGTH) {
            return 0;
        }
        boolean ofResponder = (array[offset + FLAGS] & FLAG_INITIATOR) != 0;
        return BigEndian.int64(array, ofResponder ? offset + RESPONDER_SPI : offset);
    }

    /** Whether a datagram looks like the request that begins an IKE SA; it need not be one. */
    public static boolean beginsSa(byte[] datagram) {
        return datagram.length >= LENGTH
                && BigEndian.int64(datagram, RESPONDER_SPI) == 0
                && datagram[EXCHANGE_TYPE] == (byte) ExchangeType.IKE_SA_INIT.id()
                && (datagram[FLAGS] & FLAG_RESPONSE) == 0;
    }

    /** Reads the fields that this record has; next payload and length are {@link #nextPayload} and {@link #length}. */
    static IkeHeader parse(byte[] datagram) {
        WireReader in = WireReader.of(datagram, 0, LENGTH);
        long initiatorSpi = in.u64();
        long responderSpi = in.u64();
        in.skip(1);
        int version = in.u8();
        int exchangeType = in.u8();
        int flags = in.u8();
        return new IkeHeader(
                initiatorSpi,
                responderSpi,
                version >>> 4,
                version & 0xf,
                exchangeType,
                (flags & FLAG_INITIATOR) != 0,
                (flags & FLAG_VERSION) != 0,
                (flags & FLAG_RESPONSE) != 0,
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
        int flags = (fromInitiator ? FLAG_INITIATOR : 0)
                | (higherVersion ? FLAG_VERSION : 0)
                | (response ? FLAG_RESPONSE : 0);
        out.u64(initiatorSpi)
                .u64(responderSpi)
                .u8(nextPayload)
                .u8(majorVersion << 4 | minorVersion)
                .u8(exchangeTypeId)
                .u8(flags)
                .int32(messageId)
                .u32(length);
    }
}
