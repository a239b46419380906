package dev.culvert.ike.endpoint;

import dev.culvert.wire.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/** An identification (RFC 7296 §3.5): a type and data. Names compare without regard to case. Immutable. */
public final class Identity {
    public static final int ID_IPV4_ADDR = 1;
    public static final int ID_FQDN = 2;
    public static final int ID_RFC822_ADDR = 3;
    public static final int ID_IPV6_ADDR = 5;
    public static final int ID_DER_ASN1_DN = 9;
    public static final int ID_KEY_ID = 11;

    private final int type;
    private final byte[] data;

    private Identity(int type, byte[] data) {
        this.type = type;
        this.data = data;
    }

    /** Any type, known or not, as it came in. */
    public static Identity of(int type, byte[] data) {
        return new Identity(type, data.clone());
    }

    public static Identity ip(IpAddress address) {
        return new Identity(address.isV4() ? ID_IPV4_ADDR : ID_IPV6_ADDR, address.toBytes());
    }

    public static Identity fqdn(String name) {
        return new Identity(ID_FQDN, name.getBytes(StandardCharsets.UTF_8));
    }

    public static Identity email(String address) {
        return new Identity(ID_RFC822_ADDR, address.getBytes(StandardCharsets.UTF_8));
    }

    public static Identity keyId(byte[] opaque) {
        return of(ID_KEY_ID, opaque);
    }

    /** ID type number, 0 to 255. */
    public int type() {
        return type;
    }

    /** Identification data, newly allocated. */
    public byte[] data() {
        return data.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Identity identity
                && type == identity.type
                && (isName() ? name().equals(identity.name()) : Arrays.equals(data, identity.data));
    }

    @Override
    public int hashCode() {
        return 31 * type + (isName() ? name().hashCode() : Arrays.hashCode(data));
    }

    /** For people: {@code branch.example}, {@code 192.0.2.1}, or {@code type 11: 0a0b}. */
    @Override
    public String toString() {
        boolean printable = true;
        for (byte b : data) {
            printable &= b >= 0x20 && b < 0x7f;
        }
        if ((isName() || type == ID_KEY_ID) && printable) {
            return new String(data, StandardCharsets.US_ASCII);
        }
        if ((type == ID_IPV4_ADDR && data.length == 4) || (type == ID_IPV6_ADDR && data.length == 16)) {
            return IpAddress.of(data).toString();
        }
        return "type " + type + ": " + HexFormat.of().formatHex(data);
    }

    private boolean isName() {
        return type == ID_FQDN || type == ID_RFC822_ADDR;
    }

    private String name() {
        return new String(data, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
    }
}
