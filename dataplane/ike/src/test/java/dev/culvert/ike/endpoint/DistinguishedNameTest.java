package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.RFC4519Style;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Distinguished names against Bouncy Castle's: read, printed and compared, a few hundred at random. */
class DistinguishedNameTest {
    private static final List<ASN1ObjectIdentifier> TYPES =
            List.of(BCStyle.CN, BCStyle.O, BCStyle.OU, BCStyle.L, BCStyle.ST, BCStyle.DC, BCStyle.UID);

    /** Those that RFC 4514 §2.4 escapes are among them. */
    private static final String CHARACTERS = "abcXYZ0189 ,+\"<>;=#-_./'()?*äßЖ中";

    private static final int NOT_ASCII = 4;

    private static Identity identity(X500Name name) {
        try {
            return Identity.of(Identity.ID_DER_ASN1_DN, name.getEncoded("DER"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** DC is ASCII (RFC 4519 §2.4). */
    private static String value(ASN1ObjectIdentifier type, Random random) {
        StringBuilder value = new StringBuilder("v");
        for (int i = random.nextInt(12); i > 0; i--) {
            value.append(
                    CHARACTERS.charAt(random.nextInt(CHARACTERS.length() - (type.equals(BCStyle.DC) ? NOT_ASCII : 0))));
        }
        // inner white space of any amount compares equal, outer one is none
        return value.toString().strip();
    }

    /** An attribute's values, as another implementation might write them without making them different. */
    private static X500Name restyled(X500Name name, Random random) {
        X500NameBuilder builder = new X500NameBuilder(BCStyle.INSTANCE);
        for (var rdn : name.getRDNs()) {
            String value = ((ASN1String) rdn.getFirst().getValue()).getString();
            String other = random.nextBoolean() ? value.toUpperCase(Locale.ROOT) : value.replace(" ", "  ");
            builder.addRDN(
                    rdn.getFirst().getType(),
                    other.matches("[A-Za-z0-9 '()+,./:=?-]*") && random.nextBoolean()
                            ? (random.nextBoolean() ? new DERPrintableString(other) : new DERIA5String(other))
                            : new DERUTF8String(other));
        }
        return builder.build();
    }

    @RepeatedTest(300)
    void readPrintedAndComparedAsBouncyCastleDoes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        X500NameBuilder builder = new X500NameBuilder(BCStyle.INSTANCE);
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            ASN1ObjectIdentifier type = TYPES.get(random.nextInt(TYPES.size()));
            builder.addRDN(type, new DERUTF8String(value(type, random)));
        }
        X500Name name = builder.build();
        Identity read = identity(name);
        String what = "seed " + seed + ", " + name;

        assertThat(read.distinguishedName()).as(what).isPresent();
        // theirs read by us (RFC 4514: the most specific part first), and ours by them
        assertThat(Identity.dn(RFC4519Style.INSTANCE.toString(name))).as(what).isEqualTo(read);
        assertThat(Identity.dn(read.toString())).as(what).isEqualTo(read).hasSameHashCodeAs(read);
        assertThat(new X500Name(RFC4519Style.INSTANCE, read.toString()))
                .as(what)
                .isEqualTo(name);

        X500Name restyled = restyled(name, random);
        assertThat(identity(restyled))
                .as(what + " and " + restyled)
                .isEqualTo(read)
                .hasSameHashCodeAs(read);

        X500NameBuilder changed = new X500NameBuilder(BCStyle.INSTANCE);
        int at = random.nextInt(name.getRDNs().length);
        for (int i = 0; i < name.getRDNs().length; i++) {
            var pair = name.getRDNs()[i].getFirst();
            changed.addRDN(
                    pair.getType(),
                    new DERUTF8String(((ASN1String) pair.getValue()).getString() + (i == at ? "q" : "")));
        }
        assertThat(identity(changed.build())).as(what).isNotEqualTo(read);

        List<RDN> shuffled = new ArrayList<>(List.of(name.getRDNs()));
        Collections.shuffle(shuffled, random);
        X500Name reordered = new X500Name(shuffled.toArray(RDN[]::new));
        // the order counts for us, whatever Bouncy Castle thinks of it
        if (!shuffled.equals(List.of(name.getRDNs()))) {
            assertThat(identity(reordered)).as(what + " and " + reordered).isNotEqualTo(read);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CN=a,O=b|cn=A , o=B|true",
                "CN=a b|CN=a   b|true",
                "CN=a|2.5.4.3=a|true",
                "CN=a\\2cb|CN=\"a,b\"|true",
                "CN=a\\5C|CN=A\\5c|true",
                "DC=Example,DC=com|dc=example,dc=COM|true",
                "EMAILADDRESS=A@example.org|EMAILADDRESS=a@EXAMPLE.org|true",
                "CN=straße|CN=STRASSE|true",
                "CN=a+OU=b|OU=b+CN=a|true",
                "CN=a,O=b|O=b,CN=a|false",
                "CN=a,O=b|CN=a|false",
                "CN=a|OU=a|false",
                "CN=a,CN=a|CN=a|false",
                "CN=ab|CN=a b|false"
            })
    void same(String one, String other, boolean same) {
        assertThat(Identity.dn(one).equals(Identity.dn(other))).isEqualTo(same);
        assertThat(Identity.dn(other).equals(Identity.dn(one))).isEqualTo(same);
    }

    /** Bad input, line 19: none of it is taken for a name, none throws. */
    @Test
    void line19_malformedNames() {
        byte[] good = Identity.dn("CN=a,O=b").data();
        for (int length = 0; length < good.length; length++) {
            Identity cut = Identity.of(Identity.ID_DER_ASN1_DN, Arrays.copyOf(good, length));
            assertThat(cut.distinguishedName()).isEmpty();
            assertThat(cut).isNotEqualTo(Identity.dn("CN=a,O=b"));
            assertThat(cut.toString()).startsWith("type 9: ");
        }
        Identity longer = Identity.of(Identity.ID_DER_ASN1_DN, Arrays.copyOf(good, good.length + 1));
        assertThat(longer.distinguishedName()).isEmpty();
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Identity other = Identity.of(Identity.ID_DER_ASN1_DN, flipped);
            assertThat(other.toString()).isNotEmpty();
            // but for the case of a letter and the kind of string
            if (other.equals(Identity.dn("CN=a,O=b"))) {
                assertThat(other.distinguishedName()).isPresent();
            }
        }
    }
}
