package dev.culvert.ike.v1.message;

import java.util.List;
import java.util.Optional;

/**
 * A transform within a proposal (RFC 2408 §3.6): one complete choice. It comes back from the responder as it was sent.
 *
 * @param number 0 to 255
 * @param transformId 0 to 255: 1 (KEY_IKE) for ISAKMP, an algorithm for AH and ESP
 * @param attributes in order; at most 32
 */
public record TransformPayload(int number, int transformId, List<Attribute> attributes) {
    public TransformPayload {
        Limits.requireUnsigned("transform number", number, 0xff);
        Limits.requireUnsigned("transform", transformId, 0xff);
        Limits.requireUnsigned("number of attributes", attributes.size(), Limits.MAX_ATTRIBUTES);
        attributes = List.copyOf(attributes);
    }

    /** The first attribute of a type. */
    public Optional<Attribute> attribute(int type) {
        return attributes.stream().filter(a -> a.type() == type).findFirst();
    }
}
