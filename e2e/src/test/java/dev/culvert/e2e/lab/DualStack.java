package dev.culvert.e2e.lab;

import java.util.List;

/**
 * IPv6 beside the IPv4 of a {@link Topology}, in the same places, and links of the router between the gateways that carry
 * shorter packets than the gateways' own.
 */
public final class DualStack {
    private static final int ORDINARY_MTU = 1500;

    private final Topology topology;

    private DualStack(Topology topology) {
        this.topology = topology;
    }

    public static DualStack on(Topology topology) {
        DualStack stack = new DualStack(topology);
        Topology.Side left = topology.left();
        Topology.Side right = topology.right();
        for (Netns netns : List.of(topology.wan(), left.gateway(), right.gateway(), left.host(), right.host())) {
            netns.sysctl(
                    "net.ipv6.conf.all.disable_ipv6=0",
                    "net.ipv6.conf.default.disable_ipv6=0",
                    "net.ipv6.conf.all.forwarding=1");
        }
        stack.side(left);
        stack.side(right);
        return stack;
    }

    private void side(Topology.Side side) {
        topology.wan().ip("addr add " + outer(side) + "1/64 dev " + side.name() + " nodad");
        side.gateway().ip("addr add " + outerAddress(side) + "/64 dev wan nodad");
        side.gateway().ip("-6 route add default via " + outer(side) + "1");
        side.gateway().ip("addr add " + inner(side) + "1/64 dev lan nodad");
        side.host().ip("addr add " + hostAddress(side) + "/64 dev lan nodad");
        side.host().ip("-6 route add default via " + inner(side) + "1");
    }

    /** The gateway's address outside. */
    public String outerAddress(Topology.Side side) {
        return outer(side) + "2";
    }

    /** The network behind a gateway. */
    public String network(Topology.Side side) {
        return inner(side) + "/64";
    }

    public String hostAddress(Topology.Side side) {
        return inner(side) + "10";
    }

    /**
     * Has the router's two links carry packets of so many bytes and no longer ones: it fragments or answers with ICMP, as
     * it has to. Whatever the kernels have learnt of paths is forgotten.
     */
    public void narrow(int mtu) {
        String limit = mtu == ORDINARY_MTU ? "" : " mtu lock " + mtu;
        Netns wan = topology.wan();
        for (Topology.Side side : List.of(topology.left(), topology.right())) {
            String router = side.routerAddress();
            String network = router.substring(0, router.lastIndexOf('.')) + ".0/24";
            wan.ip("route replace " + network + " dev " + side.name() + " proto kernel scope link src " + router
                    + limit);
            wan.ip("-6 route replace " + outer(side) + "/64 dev " + side.name() + " proto kernel metric 256" + limit);
            for (Netns netns : List.of(side.gateway(), side.host())) {
                netns.ip("route flush cache");
                netns.ip("-6 route flush cache");
            }
        }
    }

    /** Drops, or lets pass again, what the router has to say about packets that are too long. */
    public void silence(boolean silent) {
        Netns wan = topology.wan();
        wan.run("nft", "add table inet silence; flush table inet silence");
        if (silent) {
            wan.run("nft", """
                    table inet silence {
                      chain out { type filter hook output priority 0;
                        icmp type destination-unreachable drop
                        icmpv6 type packet-too-big drop
                      }
                    }
                    """);
        }
    }

    private static String outer(Topology.Side side) {
        return side.name().equals("left") ? "2001:db8:1::" : "2001:db8:2::";
    }

    private static String inner(Topology.Side side) {
        return side.name().equals("left") ? "fd00:1::" : "fd00:2::";
    }
}
