package dev.culvert.io.route;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.culvert.io.socket.OwnMark;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** {@link Routes} by the {@code ip} program, which answers in JSON. */
final class IpRoutes implements Routes {
    static final String MAIN = "main";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final IpPrefix LINK_LOCAL = IpPrefix.parse("fe80::/10");

    private final IpProgram ip;
    private final int protocol;
    private final String table;

    /** @param table a name or a number, as {@code ip} prints it */
    IpRoutes(IpProgram ip, int protocol, String table) {
        this.ip = ip;
        this.protocol = protocol;
        this.table = table;
    }

    @Override
    public void configureDevice(String device, int mtu, Collection<IpAddress> addresses) throws IOException {
        Set<DeviceAddress> present = addressesOf(device);
        Set<DeviceAddress> wanted = new HashSet<>();
        addresses.forEach(address -> wanted.add(new DeviceAddress(address, address.bits())));
        List<String> commands = new ArrayList<>();
        if (present.removeIf(IpRoutes::isLinkLocal)) {
            commands.add("link set dev " + device + " down");
            commands.add("link set dev " + device + " addrgenmode none");
        }
        commands.add("link set dev " + device + " mtu " + mtu + " up");
        wanted.stream()
                .filter(address -> !present.contains(address))
                .forEach(address -> commands.add("address add " + address + " dev " + device));
        present.stream()
                .filter(address -> !wanted.contains(address))
                .forEach(address -> commands.add("address del " + address + " dev " + device));
        ip.batch(commands);
    }

    @Override
    public void apply(Collection<Route> desired) throws IOException {
        Set<Route> wanted = new HashSet<>(desired);
        List<Present> present = present();
        Set<Route> there = new HashSet<>();
        present.forEach(p -> p.ours().ifPresent(there::add));
        // "replace" makes a route anew where prefix and metric are the same, so what it replaced must not be deleted.
        List<String> commands = new ArrayList<>();
        wanted.stream()
                .filter(IpRoutes::isBlackhole)
                .filter(r -> !there.contains(r))
                .forEach(r -> commands.add("route replace " + place(r)));
        wanted.stream()
                .filter(r -> !isBlackhole(r))
                .filter(r -> !there.contains(r))
                .forEach(r -> commands.add("route replace " + place(r)));
        Stream.concat(
                        present.stream().filter(p -> !p.isBlackhole()),
                        present.stream().filter(Present::isBlackhole))
                .filter(p -> wanted.stream().noneMatch(p::isSamePlace))
                .forEach(p -> commands.add("route del " + p.place() + " proto " + protocol + " table " + table));
        ip.batch(commands);
    }

    @Override
    public List<Route> installed() throws IOException {
        return present().stream().flatMap(p -> p.ours().stream()).toList();
    }

    @Override
    public Optional<Path> pathTo(IpAddress destination) throws IOException {
        String answer;
        try {
            answer = ip.query("-j", "route", "get", destination.toString(), "mark", Integer.toString(OwnMark.BIT));
        } catch (IOException unreachable) {
            return Optional.empty();
        }
        JsonNode first = array(answer).path(0);
        return first.hasNonNull("dev") && first.hasNonNull("prefsrc")
                ? Optional.of(new Path(
                        first.get("dev").asText(),
                        IpAddress.parse(first.get("prefsrc").asText()),
                        Optional.ofNullable(first.get("gateway"))
                                .map(JsonNode::asText)
                                .map(IpAddress::parse)))
                : Optional.empty();
    }

    private Set<DeviceAddress> addressesOf(String device) throws IOException {
        Set<DeviceAddress> addresses = new HashSet<>();
        for (JsonNode link : array(ip.query("-j", "address", "show", "dev", device))) {
            for (JsonNode info : link.path("addr_info")) {
                if (info.hasNonNull("local")) {
                    addresses.add(new DeviceAddress(
                            IpAddress.parse(info.get("local").asText()),
                            info.path("prefixlen").asInt()));
                }
            }
        }
        return addresses;
    }

    static JsonNode array(String json) throws IOException {
        return JSON.readTree(json.isBlank() ? "[]" : json);
    }

    /** Everything in the table that carries our protocol number, also what this version would not have made. */
    private List<Present> present() throws IOException {
        List<Present> routes = new ArrayList<>();
        for (String family : List.of("-4", "-6")) {
            // to ask for a table that is not there yet is an error
            String asked = table.equals(MAIN) ? MAIN : "all";
            String answer = ip.query(family, "-j", "route", "show", "table", asked, "proto", String.valueOf(protocol));
            for (JsonNode route : array(answer)) {
                if (route.path("table").asText(MAIN).equals(table)) {
                    routes.add(parse(route, family.equals("-4")));
                }
            }
        }
        return routes;
    }

    private static Present parse(JsonNode route, boolean v4) {
        String destination = route.path("dst").asText();
        IpPrefix prefix = destination.equals("default")
                ? new IpPrefix(v4 ? IpAddress.ANY_V4 : IpAddress.ANY_V6, 0)
                : IpPrefix.parse(destination);
        return new Present(
                prefix,
                route.path("metric").asInt(0),
                route.path("type").asText("unicast"),
                text(route, "dev"),
                text(route, "gateway").map(IpAddress::parse),
                text(route, "prefsrc").map(IpAddress::parse));
    }

    private static Optional<String> text(JsonNode route, String field) {
        return Optional.ofNullable(route.get(field)).map(JsonNode::asText);
    }

    private static boolean isLinkLocal(DeviceAddress address) {
        return LINK_LOCAL.contains(address.address());
    }

    private static boolean isBlackhole(Route route) {
        return route instanceof Route.Blackhole;
    }

    private String place(Route route) {
        String attributes = " table " + table + " proto " + protocol + " metric " + route.metric();
        return switch (route) {
            case Route.Blackhole blackhole -> "blackhole " + blackhole.prefix() + attributes;
            case Route.ViaNextHop via -> via.prefix() + " via " + via.nextHop() + attributes;
            case Route.ThroughDevice through ->
                through.prefix() + " dev " + through.device() + attributes
                        + through.source().map(source -> " src " + source).orElse("");
        };
    }

    /** An address of a device with its prefix length, whose host bits may be set. */
    private record DeviceAddress(IpAddress address, int length) {
        @Override
        public String toString() {
            return address + "/" + length;
        }
    }

    /**
     * A route as {@code ip} shows it.
     *
     * @param type {@code unicast}, {@code blackhole}, {@code unreachable} …
     */
    private record Present(
            IpPrefix prefix,
            int metric,
            String type,
            Optional<String> device,
            Optional<IpAddress> nextHop,
            Optional<IpAddress> source) {
        boolean isBlackhole() {
            return type.equals("blackhole");
        }

        boolean isUnicast() {
            return type.equals("unicast");
        }

        boolean isSamePlace(Route route) {
            return prefix.equals(route.prefix()) && metric == route.metric();
        }

        /** As one of our kinds of routes; nothing if it is of another kind or has another metric. */
        Optional<Route> ours() {
            Optional<Route> route = Optional.empty();
            if (isBlackhole()) {
                route = Optional.of(new Route.Blackhole(prefix));
            } else if (isUnicast() && nextHop.isPresent()) {
                route = Optional.of(new Route.ViaNextHop(prefix, nextHop.get()));
            } else if (isUnicast() && device.isPresent()) {
                route = Optional.of(new Route.ThroughDevice(prefix, device.get(), source));
            }
            return route.filter(r -> r.metric() == metric);
        }

        String place() {
            // A dead end of IPv6 is shown with the device lo, which is not a part of its place.
            String way = isUnicast()
                    ? prefix
                            + nextHop.map(hop -> " via " + hop).orElse("")
                            + device.map(name -> " dev " + name).orElse("")
                    : type + " " + prefix;
            return way + " metric " + metric;
        }
    }
}
