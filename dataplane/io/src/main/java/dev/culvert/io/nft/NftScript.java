package dev.culvert.io.nft;

import dev.culvert.io.nft.PacketFilter.Pair;
import dev.culvert.io.nft.PacketFilter.Passage;
import dev.culvert.io.nft.PacketFilter.Rules;
import dev.culvert.io.socket.OwnMark;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.TrafficSelector;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What nft is told. The pairs of networks are elements of a set, in which the kernel finds a packet's without looking at
 * each; passages are rules, looked at one after the other. Pure.
 *
 * <p>The chains run behind the host's destination NAT, so that they see packets as routing does.
 */
final class NftScript {
    static final String TABLE = "inet culvert";
    static final String COUNTER = "refused";
    static final String V4 = "pairs4";
    static final String V6 = "pairs6";

    /** Behind destination NAT, which is at -100. */
    private static final int PRIORITY = -99;

    private final StringBuilder text = new StringBuilder();
    private final String device;

    NftScript(String device) {
        this.device = device;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /** Without a trace of what was there before. */
    NftScript removeTable() {
        return line("add table " + TABLE).line("delete table " + TABLE);
    }

    /** The table as it is without pairs and passages. */
    NftScript makeTable(Rules rules) {
        line("add table " + TABLE);
        line("add counter " + TABLE + " " + COUNTER);
        line("add set " + TABLE + " " + V4 + " { type ipv4_addr . ipv4_addr; flags interval; counter; }");
        line("add set " + TABLE + " " + V6 + " { type ipv6_addr . ipv6_addr; flags interval; counter; }");
        for (String chain : List.of("own", "refuse", "admit", "cleartext", "past")) {
            line("add chain " + TABLE + " " + chain);
        }
        line("add chain " + TABLE + " arrived { type filter hook prerouting priority " + PRIORITY + "; }");
        line("add chain " + TABLE + " sent { type route hook output priority " + PRIORITY + "; }");
        rule("refuse", "counter name " + COUNTER + " drop");
        rule("cleartext", "jump own");
        rule("cleartext", "jump admit");
        rule("cleartext", "ip saddr . ip daddr @" + V4 + " goto refuse");
        rule("cleartext", "ip6 saddr . ip6 daddr @" + V6 + " goto refuse");
        rule("arrived", "iifname \"lo\" accept");
        rule("arrived", "iifname != \"" + device + "\" jump cleartext");
        rule("arrived", "jump past");
        rule("sent", "jump past");
        return passages(rules).own(rules).log(rules);
    }

    /** Everything that is no pair anew. */
    NftScript change(Rules rules) {
        for (String chain : List.of("own", "refuse", "admit", "past")) {
            line("flush chain " + TABLE + " " + chain);
        }
        rule("refuse", "counter name " + COUNTER + " drop");
        return passages(rules).own(rules).log(rules);
    }

    NftScript add(Collection<Pair> pairs) {
        return elements("add", pairs);
    }

    NftScript delete(Collection<Pair> pairs) {
        return elements("delete", pairs);
    }

    private NftScript elements(String action, Collection<Pair> pairs) {
        for (boolean v4 : List.of(true, false)) {
            String elements = pairs.stream()
                    .filter(pair -> pair.source().address().isV4() == v4)
                    .map(pair -> pair.source() + " . " + pair.destination())
                    .sorted()
                    .collect(Collectors.joining(", "));
            if (!elements.isEmpty()) {
                line(action + " element " + TABLE + " " + (v4 ? V4 : V6) + " { " + elements + " }");
            }
        }
        return this;
    }

    /**
     * What carries a tunnel may have the addresses of what it carries: in transport mode, and where a peer is inside its own
     * networks. ICMP errors about it carry nothing themselves; later fragments are worth nothing without the first.
     */
    private NftScript own(Rules rules) {
        String here = " fib daddr type local accept";
        rule("own", "meta l4proto { " + IpProtocol.ESP + ", " + IpProtocol.AH + " }" + here);
        // nftables finds no upper layer in a later fragment of AH in IPv6, which is an extension header itself
        rule("own", "frag nexthdr " + IpProtocol.AH + " frag frag-off != 0" + here);
        rule("own", "udp dport { 500, 4500 }" + here);
        rule("own", "meta l4proto udp ip frag-off & 0x1fff != 0" + here);
        rule("own", "meta l4proto udp exthdr frag exists frag frag-off != 0" + here);
        rule("own", "icmp type { destination-unreachable, time-exceeded, parameter-problem }" + here);
        rule("own", "icmpv6 type { 1, 2, 3, 4, 135, 136 }" + here);
        if (!rules.tcpPorts().isEmpty()) {
            String ports =
                    rules.tcpPorts().stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
            rule("own", "tcp dport { " + ports + " }" + here);
            rule("own", "tcp sport { " + ports + " }" + here);
        }
        return this;
    }

    private NftScript log(Rules rules) {
        if (rules.log()) {
            line("insert rule " + TABLE
                    + " refuse limit rate 5/second burst 5 packets log prefix \"culvert refused cleartext: \"");
        }
        return this;
    }

    private NftScript passages(Rules rules) {
        for (Passage passage : rules.passages()) {
            for (TrafficSelector local : passage.local()) {
                for (TrafficSelector remote : passage.remote()) {
                    if (local.start().version() == remote.start().version()) {
                        between(passage.bypass(), local, remote);
                    }
                }
            }
        }
        return this;
    }

    private void between(boolean bypass, TrafficSelector local, TrafficSelector remote) {
        rule(
                "past",
                match(local, remote) + (bypass ? "meta mark set meta mark | " + OwnMark.BIT + " accept" : "return"));
        // What is not let past is refused or not like everything else.
        rule("admit", match(remote, local) + (bypass ? "accept" : "goto refuse"));
    }

    private static String match(TrafficSelector source, TrafficSelector destination) {
        String family = source.start().isV4() ? "ip" : "ip6";
        return family + " saddr " + networks(source) + " " + family + " daddr " + networks(destination) + " "
                + protocol(source) + ports("sport", source) + ports("dport", destination);
    }

    private static String networks(TrafficSelector selector) {
        return selector.toPrefixes().stream().map(IpPrefix::toString).collect(Collectors.joining(", ", "{ ", " }"));
    }

    private static String protocol(TrafficSelector selector) {
        return selector.protocol() == TrafficSelector.ANY_PROTOCOL ? "" : "meta l4proto " + selector.protocol() + " ";
    }

    private static String ports(String side, TrafficSelector selector) {
        return selector.anyPort() ? "" : "th " + side + " " + selector.startPort() + "-" + selector.endPort() + " ";
    }

    /** Pairs that are in one collection and not in the other. */
    static List<Pair> without(Set<Pair> all, Set<Pair> others) {
        return Stream.of(all)
                .flatMap(Set::stream)
                .filter(pair -> !others.contains(pair))
                .toList();
    }

    private void rule(String chain, String rule) {
        line("add rule " + TABLE + " " + chain + " " + rule);
    }

    private NftScript line(String command) {
        text.append(command).append('\n');
        return this;
    }
}
