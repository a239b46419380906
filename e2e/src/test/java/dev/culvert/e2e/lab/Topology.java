package dev.culvert.e2e.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Two gateways, each with a host behind it, and a router between them that can translate addresses:
 *
 * <pre>
 *   left host 10.1.0.10 ── left gateway 198.51.100.2 ── wan ── 203.0.113.2 right gateway ── 10.2.0.10 right host
 * </pre>
 *
 * With {@link Nat#LEFT} the left gateway is behind the router's address 203.0.113.1, with ports that change on the way
 * out and UDP 500 and 4500 forwarded on the way in, so that either side can begin; {@link Nat#RIGHT} mirrors that. What
 * {@link #neighbour} adds to the left is behind the same address, and can only begin.
 */
public final class Topology implements AutoCloseable {
    /** Which gateway is behind a NAT. */
    public enum Nat {
        NONE,
        LEFT,
        RIGHT,
        BOTH;

        private boolean hides(String side) {
            return this == BOTH || name().equalsIgnoreCase(side);
        }
    }

    /** A gateway and the network behind it; addresses without prefix length. */
    public record Side(
            String name,
            Netns gateway,
            Netns host,
            String outerAddress,
            String routerAddress,
            String network,
            String innerAddress,
            String hostAddress) {}

    private final List<Netns> made = new ArrayList<>();
    private final Side left;
    private final Side right;
    private final Netns wan;
    private final List<String> hiddenToo = new ArrayList<>();
    private Nat nat = Nat.NONE;

    public Topology() {
        try {
            wan = netns("wan");
            left = side("left", 1, "198.51.100");
            right = side("right", 2, "203.0.113");
            wan.sysctl("net.ipv4.ip_forward=1");
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Side side(String name, int number, String outerNetwork) {
        Netns gateway = netns(name);
        Netns host = netns(name + "host");
        String inner = "10." + number + ".0";
        Netns.cable(wan, name, gateway, "wan");
        Netns.cable(gateway, "lan", host, "lan");
        wan.ip("addr add " + outerNetwork + ".1/24 dev " + name);
        gateway.ip("addr add " + outerNetwork + ".2/24 dev wan");
        gateway.ip("route add default via " + outerNetwork + ".1");
        gateway.ip("addr add " + inner + ".1/24 dev lan");
        gateway.sysctl("net.ipv4.ip_forward=1");
        host.ip("addr add " + inner + ".10/24 dev lan");
        host.ip("route add default via " + inner + ".1");
        return new Side(
                name,
                gateway,
                host,
                outerNetwork + ".2",
                outerNetwork + ".1",
                inner + ".0/24",
                inner + ".1",
                inner + ".10");
    }

    /** Gives the network behind the right gateway the addresses of the one behind the left, down to its hosts'. */
    public Side rightLikeLeft() {
        for (Netns netns : List.of(right.gateway(), right.host())) {
            netns.ip("addr flush dev lan");
        }
        right.gateway().ip("addr add " + left.innerAddress() + "/24 dev lan");
        right.host().ip("addr add " + left.hostAddress() + "/24 dev lan");
        right.host().ip("route add default via " + left.innerAddress());
        return new Side(
                right.name(),
                right.gateway(),
                right.host(),
                right.outerAddress(),
                right.routerAddress(),
                left.network(),
                left.innerAddress(),
                left.hostAddress());
    }

    private Netns netns(String role) {
        Netns netns = Netns.create(role);
        made.add(netns);
        return netns;
    }

    public Side left() {
        return left;
    }

    public Side right() {
        return right;
    }

    /** The router between the gateways: what is captured here is what an eavesdropper sees. */
    public Netns wan() {
        return wan;
    }

    /** Puts a gateway behind a NAT, or neither. */
    public void nat(Nat to) {
        if (to == nat) {
            return;
        }
        nat = to;
        wan.run("nft", "flush ruleset");
        for (Side side : List.of(left, right)) {
            if (to.hides(side.name())) {
                hide(side, side.equals(left) ? right : left);
            }
        }
        wan.run("conntrack", "-F");
    }

    private void hide(Side behind, Side from) {
        List<String> sources = new ArrayList<>(List.of(behind.outerAddress()));
        if (behind.equals(left)) {
            sources.addAll(hiddenToo);
        }
        wan.run("nft", """
                table ip %1$s {
                  chain in { type nat hook prerouting priority dstnat;
                    iifname "%2$s" ip daddr %3$s udp dport { 500, 4500 } dnat to %4$s
                  }
                  chain out { type nat hook postrouting priority srcnat;
                    oifname "%2$s" ip saddr { %5$s } ip protocol { tcp, udp } masquerade to :20000-30000
                  }
                }
                """.formatted(
                behind.name(), from.name(), from.routerAddress(), behind.outerAddress(), String.join(", ", sources)));
    }

    /** Gives a gateway the router's address on the other side for its own, whatever it sends: a NAT of one to one. */
    public void ownPublicAddress(Side behind) {
        Side from = behind.equals(left) ? right : left;
        wan.run("nft", """
                table ip %1$s {
                  chain in { type nat hook prerouting priority dstnat;
                    iifname "%2$s" ip daddr %3$s dnat to %4$s
                  }
                  chain out { type nat hook postrouting priority srcnat;
                    oifname "%2$s" ip saddr %4$s snat to %3$s
                  }
                }
                """.formatted(behind.name(), from.name(), from.routerAddress(), behind.outerAddress()));
        wan.run("conntrack", "-F");
        nat = behind.equals(left) ? Nat.LEFT : Nat.RIGHT;
    }

    /** A third gateway with its host, beside the left one; to be asked for before there is a NAT. */
    public Side neighbour() {
        Side neighbour = side("third", 3, "192.0.2");
        hiddenToo.add(neighbour.outerAddress());
        return neighbour;
    }

    /** How long the NAT remembers what nobody uses. */
    public void forgetAfter(Duration idle) {
        wan.sysctl(
                "net.netfilter.nf_conntrack_udp_timeout=" + idle.toSeconds(),
                "net.netfilter.nf_conntrack_udp_timeout_stream=" + idle.toSeconds());
    }

    /** Gives a gateway another outer address in its network; the old one is gone. */
    public void renumber(Side side, String address) {
        Netns gateway = side.gateway();
        gateway.ip("addr del " + side.outerAddress() + "/24 dev wan");
        gateway.ip("addr add " + address + "/24 dev wan");
        gateway.ip("route add default via " + address.substring(0, address.lastIndexOf('.')) + ".1");
    }

    /** The NAT forgets what it has translated so far, and takes other ports from now on. */
    public void remap() {
        String rules = wan.run("nft", "list ruleset");
        wan.run("nft", "flush ruleset");
        wan.run("nft", rules.replace("20000-30000", "30001-40000"));
        wan.run("conntrack", "-F");
    }

    /** The address at which the other gateway reaches this side. */
    public String addressOf(Side side) {
        if (side.equals(right)) {
            return nat.hides(right.name()) ? left.routerAddress() : right.outerAddress();
        }
        return nat.hides(left.name()) ? right.routerAddress() : side.outerAddress();
    }

    /** Drops, or lets pass again, all that the gateways send each other. */
    public void cut(boolean cut) {
        wan.run("nft", "add table ip cut; flush table ip cut");
        if (cut) {
            wan.run("nft", "add chain ip cut forward { type filter hook forward priority 0; policy drop; }");
        } else {
            wan.run("nft", "delete table ip cut");
        }
    }

    /** Lets nothing pass from now on but TCP: neither UDP nor ESP nor AH, as the networks of some hotels do. */
    public void onlyTcp() {
        wan.run("nft", """
                table ip hotel {
                  chain forward { type filter hook forward priority 0;
                    ip protocol != { tcp, icmp } drop
                  }
                }
                """);
    }

    /** Resets every TCP connection in which the gateways send something, for as long as {@code during} takes. */
    public void resetting(Runnable during) {
        wan.run("nft", """
                table ip resets {
                  chain forward { type filter hook forward priority 0;
                    ip protocol tcp reject with tcp reset
                  }
                }
                """);
        during.run();
        wan.run("nft", "delete table ip resets");
    }

    @Override
    public void close() {
        made.forEach(Netns::close);
    }
}
