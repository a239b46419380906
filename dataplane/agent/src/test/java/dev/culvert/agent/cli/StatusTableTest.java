package dev.culvert.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusTableTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");

    @Test
    void showsTunnelsChildrenAndErrors() throws Exception {
        JsonNode list = new ObjectMapper().readTree("""
                        {"items":[{"metadata":{"name":"branch","namespace":"default"},
                          "spec":{"remote":{"addresses":["192.0.2.2"]}},
                          "status":{"conditions":[{"type":"Ready","status":"False","reason":"NoProposalChosen"}],
                            "childSAsReady":"0/1","childSAs":[{"name":"net","state":"Idle"}],
                            "lastError":{"time":"2026-01-01T00:00:00Z","message":"they want aes128"}}}]}
                        """);
        assertThat(StatusTable.render(list, NOW)).isEqualTo("""
                        NAME     READY   REASON             REMOTE      CHILD-SAS   IKE   SINCE
                        branch   False   NoProposalChosen   192.0.2.2   0/1         -     -
                          net            Idle               -           -/-         -     -
                        branch: they want aes128 (2026-01-01T00:00:00Z)
                        """);
    }

    @Test
    void saysThatThereIsNothing() throws Exception {
        assertThat(StatusTable.render(new ObjectMapper().readTree("{\"items\":[]}"), NOW))
                .isEqualTo("no tunnels\n");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-01T00:09:59Z,1s",
        "2026-01-01T00:07:30Z,2m30s",
        "2025-12-31T22:10:00Z,120m",
        "2025-12-31T19:40:00Z,4h30m",
        "2025-12-20T00:10:00Z,12d",
        "nonsense,-"
    })
    void agesAreAsKubectlWritesThem(String since, String age) {
        assertThat(StatusTable.age(since, NOW)).isEqualTo(age);
    }
}
