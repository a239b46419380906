package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.List;
import java.util.Optional;

/**
 * Identification (RFC 2407 §4.6.2): who somebody is in phase 1, one end of the traffic to protect in phase 2.
 *
 * @param idType 0 to 255, kept if unknown; an address, network or range has the octets that its type wants
 * @param protocol IP protocol, 0 for any
 * @param port 0 for any
 */
public record IdPayload(int idType, int protocol, int port, Bytes data) implements V1Payload {
    public IdPayload {
        Limits.requireUnsigned("ID type", idType, 0xff);
        Limits.requireUnsigned("protocol", protocol, 0xff);
        Limits.requireUnsigned("port", port, 0xffff);
        Limits.require(isValid(idType, data), "an identity of type " + idType + " with " + data.length() + " octets");
    }

    /** An identity of phase 1, for any protocol and port. */
    public static IdPayload of(int idType, Bytes data) {
        return new IdPayload(idType, 0, 0, data);
    }

    /**
     * An end of the traffic to protect. A single address or network is written as such, anything else as a range.
     *
     * @throws IllegalArgumentException for a range of ports, which IKEv1 cannot express
     */
    public static IdPayload of(TrafficSelector selector) {
        boolean anyPort = selector.anyPort();
        Limits.require(
                anyPort || selector.startPort() == selector.endPort(), "IKEv1 has no range of ports: " + selector);
        boolean v4 = selector.start().isV4();
        WireWriter out = new WireWriter();
        out.address(selector.start());
        IdType type = v4 ? IdType.IPV4_ADDR : IdType.IPV6_ADDR;
        if (!selector.start().equals(selector.end())) {
            List<IpPrefix> prefixes = selector.toPrefixes();
            if (prefixes.size() == 1) {
                type = v4 ? IdType.IPV4_ADDR_SUBNET : IdType.IPV6_ADDR_SUBNET;
                out.address(mask(v4, prefixes.getFirst().length()));
            } else {
                type = v4 ? IdType.IPV4_ADDR_RANGE : IdType.IPV6_ADDR_RANGE;
                out.address(selector.end());
            }
        }
        return new IdPayload(
                type.id(), selector.protocol(), anyPort ? 0 : selector.startPort(), Bytes.of(out.toByteArray()));
    }

    public Optional<IdType> type() {
        return IdType.byId(idType);
    }

    public boolean is(IdType type) {
        return idType == type.id();
    }

    /**
     * The traffic that it names; empty if it names none: a name, a mask with holes, a range that ends before it starts.
     */
    public Optional<TrafficSelector> selector() {
        return type().flatMap(known -> switch (known) {
            case IPV4_ADDR, IPV6_ADDR -> {
                IpAddress address = IpAddress.of(data.toArray());
                yield range(address, address);
            }
            case IPV4_ADDR_SUBNET, IPV6_ADDR_SUBNET -> {
                int length = prefixLength(half(1));
                yield length < 0 ? Optional.empty() : range(IpPrefix.around(half(0), length));
            }
            case IPV4_ADDR_RANGE, IPV6_ADDR_RANGE -> range(half(0), half(1));
            case FQDN, USER_FQDN, DER_ASN1_DN, DER_ASN1_GN, KEY_ID, LIST -> Optional.empty();
        });
    }

    private Optional<TrafficSelector> range(IpPrefix prefix) {
        return range(prefix.first(), prefix.last());
    }

    private Optional<TrafficSelector> range(IpAddress first, IpAddress last) {
        return first.compareTo(last) > 0
                ? Optional.empty()
                : Optional.of(new TrafficSelector(protocol, port, port == 0 ? 0xffff : port, first, last));
    }

    private IpAddress half(int index) {
        int length = data.length() / 2;
        return IpAddress.of(data.slice(index * length, length).toArray());
    }

    private static IpAddress mask(boolean v4, int length) {
        IpAddress ones = v4 ? IpAddress.v4(-1) : IpAddress.v6(-1, -1);
        return IpPrefix.around(ones, length).first();
    }

    /** The number of ones a mask begins with, −1 if there are others behind. */
    private static int prefixLength(IpAddress mask) {
        int ones = Long.bitCount(mask.isV4() ? mask.low() & 0xffffffffL : mask.low()) + Long.bitCount(mask.high());
        return mask(mask.isV4(), Math.min(ones, mask.bits())).equals(mask) ? ones : -1;
    }

    private static boolean isValid(int idType, Bytes data) {
        return IdType.byId(idType).map(type -> type.isLength(data.length())).orElse(true);
    }

    @Override
    public int typeId() {
        return PayloadType.ID.id();
    }

    static Parsed<V1Payload> parse(WireReader in) {
        int type = in.u8();
        int protocol = in.u8();
        int port = in.u16();
        Bytes data = Bytes.of(in.rest());
        if (in.overran()) {
            return Parsed.malformed("ID is cut short");
        }
        return isValid(type, data)
                ? Parsed.ok(new IdPayload(type, protocol, port, data))
                : Parsed.failed(V1Problem.malformed(
                        "an identity of type " + type + " with " + data.length() + " octets",
                        NotifyType.INVALID_ID_INFORMATION));
    }

    @Override
    public int bodyLength() {
        return 4 + data.length();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        out.u8(idType).u8(protocol).u16(port);
        data.writeTo(out);
    }
}
