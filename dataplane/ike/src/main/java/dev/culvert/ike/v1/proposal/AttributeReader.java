package dev.culvert.ike.v1.proposal;

import dev.culvert.ike.v1.message.Attribute;
import dev.culvert.ike.v1.message.TransformPayload;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The attributes of a transform but for its lifetime, as numbers. A transform with an attribute that is not understood, or
 * with two that contradict each other, is not to be chosen (RFC 2407 §4.5, RFC 2408 §4.2).
 */
final class AttributeReader {
    private final Map<Integer, Integer> values = new HashMap<>();
    private boolean usable = true;

    AttributeReader(TransformPayload transform, Set<Integer> understood, Lifetime.Numbering lifetime) {
        List<Attribute> attributes = transform.attributes();
        for (Attribute attribute : attributes) {
            int type = attribute.type();
            if (lifetime.has(type)) {
                continue;
            }
            long value = attribute.number().orElse(-1);
            if (!understood.contains(type) || value < 0 || value > 0xffff) {
                usable = false;
            } else {
                Integer before = values.put(type, (int) value);
                usable &= before == null || before == value;
            }
        }
    }

    boolean isUsable() {
        return usable;
    }

    /** The value of an attribute, 0 if it is absent; one that is there with the value 0 makes the transform unusable. */
    int value(int type) {
        Integer value = values.get(type);
        usable &= value == null || value != 0;
        return value == null ? 0 : value;
    }
}
