package dev.culvert.agent.control;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import org.jspecify.annotations.Nullable;

/**
 * One line on the control socket.
 *
 * @param command what to do
 * @param tunnel {@code name} or {@code namespace/name}; without one, {@link Command#STATUS} means all; {@link Command#SADB} and
 *     {@link Command#SPD} have none
 * @param child the child's name; without one the whole tunnel
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ControlRequest(
        Command command, @Nullable String tunnel, @Nullable String child) {
    /** What an agent can be asked. */
    public enum Command {
        STATUS,
        SADB,
        SPD,
        INITIATE,
        TERMINATE,
        REKEY,
        REAUTHENTICATE
    }
}
