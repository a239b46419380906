package dev.culvert.agent.negotiator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.AuditRecord;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutputHandlerTest {
    private static Optional<String> unreachable(AuditEvent event, Map<String, String> fields) {
        return OutputHandler.unreachable(new AuditRecord(event, Optional.of("branch"), fields, "as it is"));
    }

    /** A peer that moved is not found by the address that its name had: lost, or never reached there. */
    @Test
    void thePeersNameIsLookedUpAgainWhenItsIkeSaIsLostOrCannotBeMade() {
        assertThat(unreachable(AuditEvent.PEER_UNREACHABLE, Map.of())).hasValue("branch");
        assertThat(unreachable(AuditEvent.INITIATION_FAILED, Map.of("kind", "PEER_UNREACHABLE")))
                .hasValue("branch");
        assertThat(unreachable(AuditEvent.INITIATION_FAILED, Map.of("child", "net")))
                .as("the IKE SA is up")
                .isEmpty();
        assertThat(unreachable(AuditEvent.IKE_SA_REKEYED, Map.of())).isEmpty();
    }
}
