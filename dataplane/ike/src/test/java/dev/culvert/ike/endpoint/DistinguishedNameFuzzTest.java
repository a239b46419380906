package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Distinguished names, as peers send them and as people write them: nothing throws, and what is printed can be read. */
class DistinguishedNameFuzzTest {
    /** What stands in an ID payload, two of them: the first of the length that the first octet says. */
    @FuzzTest
    void der(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int length = Math.min(input[0] & 0xff, input.length - 1);
        Identity one = Identity.of(Identity.ID_DER_ASN1_DN, Arrays.copyOfRange(input, 1, 1 + length));
        Identity other = Identity.of(Identity.ID_DER_ASN1_DN, Arrays.copyOfRange(input, 1 + length, input.length));
        assertThat(one).isEqualTo(Identity.of(one.type(), one.data()));
        assertThat(one.equals(other)).isEqualTo(other.equals(one));
        if (one.equals(other)) {
            assertThat(one).hasSameHashCodeAs(other);
        }
        assertThat(one.toString()).isNotNull();
        one.distinguishedName().ifPresent(name -> assertThat(name.getEncoded()).isEqualTo(one.data()));
    }

    /** What stands in a resource. */
    @FuzzTest
    void text(byte[] input) {
        Identity read;
        try {
            read = Identity.dn(new String(input, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException expected) {
            return;
        }
        assertThat(read.distinguishedName()).isPresent();
        if (!read.toString().contains("\\\\")) {
            assertThat(Identity.dn(read.toString())).isEqualTo(read);
        }
    }
}
