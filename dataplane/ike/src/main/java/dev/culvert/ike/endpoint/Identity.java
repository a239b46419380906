package dev.culvert.ike.endpoint;

import dev.culvert.crypto.x509.DistinguishedNames;
import dev.culvert.wire.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * An identification (RFC 7296 §3.5): a type and data. Names compare without regard to case, distinguished names as RFC
 * 5280 §7.1 says: without regard to case, to the kind of string and to the amount of white space. Immutable.
 */
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

    /**
     * A distinguished name.
     *
     * @param text as RFC 4514 writes it, the most specific part first: {@code CN=branch,O=Example,C=CH}
     * @throws IllegalArgumentException if it is not one
     */
    public static Identity dn(String text) {
        return dn(DistinguishedNames.parse(text));
    }

    public static Identity dn(X500Principal name) {
        return new Identity(ID_DER_ASN1_DN, name.getEncoded());
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

    /** The distinguished name; empty for another type, and for data that is not one in DER and nothing else. */
    public Optional<X500Principal> distinguishedName() {
        if (type != ID_DER_ASN1_DN) {
            return Optional.empty();
        }
        try {
            // The JDK's parser takes what it can use and leaves the rest; what it did not use shows in its encoding.
            return Optional.of(new X500Principal(data)).filter(name -> Arrays.equals(name.getEncoded(), data));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Identity identity) || type != identity.type) {
            return false;
        }
        if (isName()) {
            return name().equals(identity.name());
        }
        return Arrays.equals(data, identity.data)
                || (type == ID_DER_ASN1_DN
                        && distinguishedName().isPresent()
                        && canonicalName().equals(identity.canonicalName()));
    }

    @Override
    public int hashCode() {
        if (type == ID_DER_ASN1_DN) {
            return canonicalName().hashCode();
        }
        return 31 * type + (isName() ? name().hashCode() : Arrays.hashCode(data));
    }

    /** For people: {@code branch.example}, {@code 192.0.2.1}, {@code CN=branch,C=CH}, or {@code type 11: 0a0b}. */
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
        Optional<X500Principal> dn = distinguishedName();
        if (dn.isPresent()) {
            return dn.get().getName();
        }
        return "type " + type + ": " + HexFormat.of().formatHex(data);
    }

    private Optional<List<List<String>>> canonicalName() {
        return distinguishedName().map(DistinguishedNames::canonical);
    }

    private boolean isName() {
        return type == ID_FQDN || type == ID_RFC822_ADDR;
    }

    private String name() {
        return new String(data, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
    }
}
