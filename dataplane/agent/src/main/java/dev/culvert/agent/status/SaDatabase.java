package dev.culvert.agent.status;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.culvert.ipsec.sad.Lifetime;
import dev.culvert.ipsec.sad.SaSnapshot;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.UdpAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The security association database (RFC 4301 §4.4.2) as a document: every pair of SAs with its parameters, sequence
 * numbers, window, lifetime and counters. Never keys, which the data path's reports do not have.
 */
public final class SaDatabase {
    private SaDatabase() {}

    /**
     * {@code {"items": […]}}, the older pair of a child before the newer. SPIs are in hexadecimal, sizes in bytes, times in
     * seconds.
     *
     * @param nowNanos of the clock that the data path is told
     */
    public static ObjectNode document(List<SaSnapshot> pairs, long nowNanos) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ArrayNode items = document.putArray("items");
        pairs.forEach(pair -> item(items.addObject(), pair, nowNanos));
        return document;
    }

    private static void item(ObjectNode item, SaSnapshot pair, long nowNanos) {
        item.put("tunnel", pair.tunnel());
        item.put("child", pair.child());
        item.put("protocol", pair.suite().protocol().name());
        item.put(
                "mode",
                switch (pair.mode()) {
                    case TUNNEL -> "Tunnel";
                    case TRANSPORT -> "Transport";
                });
        item.put(
                "encapsulation",
                switch (pair.carrier()) {
                    case IP -> "None";
                    case UDP -> "UDP";
                    case TCP -> "TCP";
                });
        item.put("proposal", pair.suite().keywords());
        item.put("esn", pair.suite().esn());
        item.put("replayWindow", pair.replayWindow());
        item.put("localEndpoint", endpoint(pair, pair.outerLocal()));
        item.put("remoteEndpoint", endpoint(pair, pair.outerRemote()));
        ObjectNode selectors = item.putObject("trafficSelectors");
        ArrayNode local = selectors.putArray("local");
        pair.local().forEach(selector -> local.add(selector.toString()));
        ArrayNode remote = selectors.putArray("remote");
        pair.remote().forEach(selector -> remote.add(selector.toString()));
        item.put("linkMTU", pair.linkMtu());
        item.put("pathMTU", pair.outerMtu());
        item.put("innerMTU", pair.innerMtu());
        item.put("ageSeconds", TimeUnit.NANOSECONDS.toSeconds(nowNanos - pair.installedNanos()));
        lifetime(item.putObject("lifetime"), pair.lifetime(), nowNanos);
        direction(item.putObject("in"), pair.in(), nowNanos);
        direction(item.putObject("out"), pair.out(), nowNanos);
    }

    private static String endpoint(SaSnapshot pair, UdpAddress address) {
        return pair.carrier() == Carrier.IP ? address.address().toString() : address.toString();
    }

    /** Only what is limited. */
    private static void lifetime(ObjectNode node, Lifetime lifetime, long nowNanos) {
        seconds(node, "softSeconds", lifetime.softDeadlineNanos(), nowNanos);
        seconds(node, "hardSeconds", lifetime.hardDeadlineNanos(), nowNanos);
        limit(node, "softBytes", lifetime.softBytes());
        limit(node, "hardBytes", lifetime.hardBytes());
        limit(node, "softPackets", lifetime.softPackets());
        limit(node, "hardPackets", lifetime.hardPackets());
    }

    private static void seconds(ObjectNode node, String name, long deadlineNanos, long nowNanos) {
        if (deadlineNanos != Lifetime.NEVER) {
            node.put(name, TimeUnit.NANOSECONDS.toSeconds(deadlineNanos - nowNanos));
        }
    }

    private static void limit(ObjectNode node, String name, long limit) {
        if (limit != Lifetime.NEVER) {
            node.put(name, limit);
        }
    }

    private static void direction(ObjectNode node, SaSnapshot.Direction direction, long nowNanos) {
        node.put("spi", String.format("%08x", direction.spi()));
        node.put("sequence", direction.sequence());
        node.put("packets", direction.packets());
        node.put("bytes", direction.bytes());
        node.put("idleSeconds", TimeUnit.NANOSECONDS.toSeconds(nowNanos - direction.lastUsedNanos()));
        node.put("replayed", direction.replayed());
        node.put("unauthenticated", direction.unauthenticated());
        node.put("malformed", direction.malformed());
        node.put("expired", direction.expired());
    }
}
