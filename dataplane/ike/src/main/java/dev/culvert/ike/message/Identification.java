package dev.culvert.ike.message;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.WireReader;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * An identity as IDi and IDr carry it (RFC 7296 §3.5). Equal when type and octets are.
 *
 * @param typeId 0 to 255, kept if unknown
 * @param data 4 octets for an IPv4 address, 16 for an IPv6 address; anything for the other types
 */
public record Identification(int typeId, Bytes data) {
    public Identification {
        Limits.requireUnsigned("identification type", typeId, 0xff);
        Limits.require(
                isValid(typeId, data.length()),
                "an identity of type " + typeId + " has not " + data.length() + " octets");
    }

    public static Identification of(IdType type, Bytes data) {
        return new Identification(type.id(), data);
    }

    public static Identification ofAddress(IpAddress address) {
        return of(address.isV4() ? IdType.IPV4_ADDR : IdType.IPV6_ADDR, Bytes.of(address.toBytes()));
    }

    public static Identification ofFqdn(String name) {
        return of(IdType.FQDN, Bytes.utf8(name));
    }

    public static Identification ofEmail(String address) {
        return of(IdType.RFC822_ADDR, Bytes.utf8(address));
    }

    public static Identification ofKeyId(Bytes keyId) {
        return of(IdType.KEY_ID, keyId);
    }

    /** A distinguished name in DER. */
    public static Identification ofDistinguishedName(Bytes der) {
        return of(IdType.DER_ASN1_DN, der);
    }

    public Optional<IdType> type() {
        return IdType.byId(typeId);
    }

    /** Reads the body of IDi or IDr; {@code maker} takes the reserved bits, too. */
    static Parsed<Payload> parse(WireReader in, BiFunction<Identification, Integer, Payload> maker) {
        int type = in.u8();
        int reserved = in.u8() << 16 | in.u16();
        Bytes data = Bytes.of(in.rest());
        if (in.overran()) {
            return Parsed.malformed("ID is cut short");
        }
        return isValid(type, data.length())
                ? Parsed.ok(maker.apply(new Identification(type, data), reserved))
                : Parsed.malformed("an identity of type " + type + " with " + data.length() + " octets");
    }

    /** Whether {@code length} octets can be an identity of this type. */
    static boolean isValid(int typeId, int length) {
        if (typeId == IdType.IPV4_ADDR.id()) {
            return length == 4;
        }
        return typeId != IdType.IPV6_ADDR.id() || length == 16;
    }

    /** For people: an address, a name, or {@code KEY_ID:0a0b}. Unprintable characters of a name are escaped. */
    @Override
    public String toString() {
        return type().map(known -> switch (known) {
                    case IPV4_ADDR, IPV6_ADDR -> IpAddress.of(data.toArray()).toString();
                    case FQDN, RFC822_ADDR -> printable(data.toUtf8());
                    case NULL -> "NULL";
                    case DER_ASN1_DN, DER_ASN1_GN, KEY_ID, FC_NAME -> known + ":" + data;
                })
                .orElseGet(() -> "ID type " + typeId + ":" + data);
    }

    private static String printable(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> {
            if (c >= 0x20 && c < 0x7f && c != '\\') {
                escaped.append((char) c);
            } else {
                escaped.append(String.format("\\u%04x", c));
            }
        });
        return escaped.toString();
    }
}
