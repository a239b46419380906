package dev.culvert.agent.control;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * The answer, one line.
 *
 * @param error why the request was refused or failed; absent when it was carried out
 * @param result what was asked for; for {@link ControlRequest.Command#STATUS} a List of IPSecTunnel, for {@link
 *     ControlRequest.Command#SADB} a {@link dev.culvert.agent.status.SaDatabase} document
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ControlResponse(
        @Nullable String error, @Nullable JsonNode result) {
    public static ControlResponse ok() {
        return new ControlResponse(null, null);
    }

    public static ControlResponse ok(JsonNode result) {
        return new ControlResponse(null, result);
    }

    public static ControlResponse failed(String error) {
        return new ControlResponse(error, null);
    }
}
