package dev.culvert.crypto.x509;

import java.io.IOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;

/**
 * Reads and compares distinguished names. The JDK's {@link X500Principal} tells IA5 strings from others and their upper
 * from their lower case, so that DC and the address of electronic mail would have to be written just as in the
 * certificate.
 */
public final class DistinguishedNames {
    private DistinguishedNames() {}

    /**
     * Reads a name as RFC 4514 writes it.
     *
     * @throws IllegalArgumentException if it is not one, or has an escaped backslash, behind which the JDK may lose what
     *     follows: that character is written {@code \5C}
     */
    public static X500Principal parse(String text) {
        if (text.contains("\\\\")) {
            throw new IllegalArgumentException("a backslash in a distinguished name is written \\5C");
        }
        return new X500Principal(text);
    }

    /**
     * Something that is equal for two names exactly when they are the same by RFC 5280 §7.1 and §7.3: attribute by
     * attribute in their order, without regard to case, kind of string and amount of white space. Attributes of one
     * relative name have no order.
     */
    public static List<List<String>> canonical(X500Principal name) {
        try {
            List<List<String>> all = new ArrayList<>();
            for (RDN rdn : X500Name.getInstance(name.getEncoded()).getRDNs()) {
                List<String> attributes = new ArrayList<>();
                for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
                    attributes.add(attribute.getType().getId() + "=" + canonical(attribute.getValue()));
                }
                attributes.sort(null);
                all.add(List.copyOf(attributes));
            }
            return List.copyOf(all);
        } catch (RuntimeException e) {
            // the JDK can read it and Bouncy Castle cannot: the same as nothing but itself
            return List.of(List.of(HexFormat.of().formatHex(name.getEncoded())));
        }
    }

    private static String canonical(ASN1Encodable value) {
        if (value instanceof ASN1String string && !(value instanceof ASN1BitString)) {
            // to upper case first: some capitals are the same of several small letters
            String folded = Normalizer.normalize(string.getString(), Normalizer.Form.NFKD)
                    .toUpperCase(Locale.ROOT)
                    .toLowerCase(Locale.ROOT);
            return "'" + folded.strip().replaceAll("\\s+", " ");
        }
        try {
            return "#" + HexFormat.of().formatHex(value.toASN1Primitive().getEncoded(ASN1Encoding.DER));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
