package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.Optional;

/**
 * NAT original address (RFC 3947 §5.2): in transport mode, NAT-OAi and behind it NAT-OAr.
 *
 * @param draft whether under the number of the drafts before the RFC
 * @param idType 1 for IPv4, 5 for IPv6; kept if unknown
 */
public record NatOaPayload(boolean draft, int idType, Bytes data) implements V1Payload {
    public NatOaPayload {
        Limits.requireUnsigned("ID type", idType, 0xff);
        Limits.require(isValid(idType, data.length()), "an address of " + data.length() + " octets");
    }

    public static NatOaPayload of(boolean draft, IpAddress address) {
        IdType type = address.isV4() ? IdType.IPV4_ADDR : IdType.IPV6_ADDR;
        return new NatOaPayload(draft, type.id(), Bytes.of(address.toBytes()));
    }

    /** Empty if it is of an unknown type. */
    public Optional<IpAddress> address() {
        return isAddress(idType) ? Optional.of(IpAddress.of(data.toArray())) : Optional.empty();
    }

    @Override
    public int typeId() {
        return (draft ? PayloadType.NAT_OA_DRAFT : PayloadType.NAT_OA).id();
    }

    static Parsed<V1Payload> parse(boolean draft, WireReader in) {
        int type = in.u8();
        in.skip(3);
        Bytes data = Bytes.of(in.rest());
        return in.overran() || !isValid(type, data.length())
                ? Parsed.malformed("NAT-OA of type " + type + " with " + data.length() + " octets")
                : Parsed.ok(new NatOaPayload(draft, type, data));
    }

    private static boolean isAddress(int idType) {
        return idType == IdType.IPV4_ADDR.id() || idType == IdType.IPV6_ADDR.id();
    }

    private static boolean isValid(int idType, int length) {
        return !isAddress(idType)
                || IdType.byId(idType).map(type -> type.isLength(length)).orElse(false);
    }

    @Override
    public int bodyLength() {
        return 4 + data.length();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        out.u8(idType).u8(0).u16(0);
        data.writeTo(out);
    }
}
