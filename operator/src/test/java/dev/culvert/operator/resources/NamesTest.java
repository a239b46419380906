package dev.culvert.operator.resources;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void isReadable() {
        assertThat(Names.agent("default", "node1")).isEqualTo("culvert-default-node1");
    }

    @Test
    void fitsADnsLabel() {
        String node = "ip-10-0-0-1.eu-central-1.compute.internal".repeat(3);
        assertThat(Names.agent("default", node)).matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    }

    @Test
    void tellsApartWhatWouldReadTheSame() {
        assertThat(Names.agent("default", "a.b")).isNotEqualTo(Names.agent("default", "a-b"));
    }

    @Test
    void aFieldManagerHasAtMost128Characters() {
        assertThat(Names.fieldManager("n".repeat(63) + "." + "t".repeat(63) + ".0123456789"))
                .hasSizeLessThan(129);
    }
}
