package dev.culvert.agent.status;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.culvert.ipsec.spd.Policy;
import dev.culvert.wire.TrafficSelector;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The security policy database (RFC 4301 §4.4.1) as a document, and how much came in the clear against it. */
public final class PolicyDatabase {
    private PolicyDatabase() {}

    /**
     * {@code {"items": […], "refusedCleartext": {"packets": 0, "tunnels": {}}}}, the policies in the order in which they
     * apply.
     *
     * @param refused packets that came in the clear and were refused
     * @param byTunnel the same by tunnel, without those that a policy discards
     */
    public static ObjectNode document(List<Policy> policies, long refused, Map<String, Long> byTunnel) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ArrayNode items = document.putArray("items");
        policies.forEach(policy -> item(items.addObject(), policy));
        ObjectNode cleartext = document.putObject("refusedCleartext");
        cleartext.put("packets", refused);
        ObjectNode tunnels = cleartext.putObject("tunnels");
        new TreeMap<>(byTunnel).forEach(tunnels::put);
        return document;
    }

    private static void item(ObjectNode item, Policy policy) {
        switch (policy) {
            case Policy.Protect protect -> {
                item.put("action", "Protect");
                item.put("tunnel", protect.tunnel());
                item.put("child", protect.child());
            }
            case Policy.Bypass bypass -> item.put("action", "Bypass");
            case Policy.Discard discard -> item.put("action", "Discard");
        }
        selectors(item.putArray("local"), policy.local());
        selectors(item.putArray("remote"), policy.remote());
    }

    private static void selectors(ArrayNode array, List<TrafficSelector> selectors) {
        selectors.forEach(selector -> array.add(selector.toString()));
    }
}
