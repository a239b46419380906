package dev.culvert.agent.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LineEncoderTest {
    @Test
    void textHasTimeLevelMessageAndPairs() {
        assertThat(line(LogFormat.TEXT, "IKE SA established", "peer", "b example"))
                .isEqualTo("2026-01-02T03:04:05.678Z INFO IKE SA established peer=\"b example\"\n");
    }

    @Test
    void aPeerCannotForgeALine() {
        String line =
                line(LogFormat.TEXT, "identity x\n2026-01-01T00:00:00Z INFO all is well", "peer", "a\r\nb\u001b[2J");
        assertThat(line).containsOnlyOnce("\n").endsWith("\n").contains("\\x0a").contains("\\x1b");
    }

    @Test
    void aQuotedValueCannotEndItsQuotes() {
        assertThat(line(LogFormat.TEXT, "m", "peer", "x\" reason=\"fine")).endsWith("peer=\"x\\\" reason=\\\"fine\"\n");
    }

    @Test
    void jsonIsOneObject() throws Exception {
        JsonNode object = new ObjectMapper().readTree(line(LogFormat.JSON, "say \"hi\"\n", "spi", "c0ffee00"));
        assertThat(object.path("message").asText()).isEqualTo("say \"hi\"\n");
        assertThat(object.path("spi").asText()).isEqualTo("c0ffee00");
        assertThat(object.path("level").asText()).isEqualTo("INFO");
    }

    private static String line(LogFormat format, String message, String key, String value) {
        Logger logger = new LoggerContext().getLogger("dev.culvert.test");
        LoggingEvent event = new LoggingEvent("", logger, Level.INFO, message, null, null);
        event.setInstant(Instant.parse("2026-01-02T03:04:05.678Z"));
        event.setKeyValuePairs(List.of(new KeyValuePair(key, value)));
        return new String(new LineEncoder(format).encode(event), StandardCharsets.UTF_8);
    }
}
