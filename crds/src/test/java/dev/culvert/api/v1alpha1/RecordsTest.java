package dev.culvert.api.v1alpha1;

import static dev.culvert.api.v1alpha1.Documents.as;
import static dev.culvert.api.v1alpha1.Documents.tree;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class RecordsTest {
    @Test
    void documentsSurviveTheWayThroughTheRecords() {
        IPSecTunnel tunnel = Documents.tunnel();
        assertThat(as(IPSecTunnel.class, tree(Serialization.asYaml(tunnel)))).isEqualTo(tunnel);
        assertThat(tree(Serialization.asYaml(tunnel)).at("/spec/ike").has("reauthTime"))
                .as("what a preset could fill in is not written for it")
                .isFalse();
        ObjectNode written = tree(Serialization.asYaml(tunnel));
        ObjectNode read = tree(Documents.TUNNEL);
        assertThat(written.at("/spec/remote/identity")).isEqualTo(read.at("/spec/remote/identity"));
        assertThat(written.at("/spec/ike/dpd/action").asText()).isEqualTo("Restart");
        assertThat(written.at("/spec/children/0/startAction").asText()).isEqualTo("Start");
    }

    @Test
    void theNotifyHasItsNameInDocuments() {
        LastError error = new LastError(
                "2026-01-01T00:00:00Z", FailureReason.TS_UNACCEPTABLE, "TS_UNACCEPTABLE", "none in common");
        assertThat(tree(Serialization.asYaml(error)).path("notify").asText()).isEqualTo("TS_UNACCEPTABLE");
        assertThat(as(LastError.class, tree(Serialization.asYaml(error)))).isEqualTo(error);
    }

    @Test
    void fieldsOfLaterVersionsDoNotBreakAnOlderOperator() {
        ObjectNode tunnel = Documents.with(tree(Documents.TUNNEL), "/spec/colour", "green");
        assertThat(as(IPSecTunnel.class, tunnel).getSpec())
                .isEqualTo(Documents.tunnel().getSpec());
    }

    @Test
    void emptyStatusIsNotWritten() {
        IPSecTunnel tunnel = Documents.tunnel();
        assertThat(tree(Serialization.asYaml(tunnel)).has("status")).isFalse();
    }
}
