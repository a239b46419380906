package dev.culvert.ike.sa;

import dev.culvert.wire.TrafficSelector;
import java.util.Optional;

/**
 * A child that is wanted.
 *
 * @param name of its configuration
 * @param local our end of the packet that asks for it, proposed first (RFC 7296 §2.9)
 */
public record ChildRequest(String name, Optional<TrafficSelector> local, Optional<TrafficSelector> remote) {
    public static ChildRequest of(String name) {
        return new ChildRequest(name, Optional.empty(), Optional.empty());
    }
}
