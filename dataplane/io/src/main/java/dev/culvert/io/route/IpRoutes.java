package dev.culvert.io.route;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
    private static final ObjectMapper JSON = new ObjectMapper();

    private final IpProgram ip;

    IpRoutes(IpProgram ip) {
        this.ip = ip;
    }

    @Override
    public void configureDevice(String device, int mtu, Collection<IpAddress> addresses) throws IOException {
        Set<IpAddress> present = addressesOf(device);
        Set<IpAddress> wanted = new HashSet<>(addresses);
        List<String> commands = new ArrayList<>();
        commands.add("link set dev " + device + " mtu " + mtu + " up");
        wanted.stream()
                .filter(address -> !present.contains(address))
                .forEach(address -> commands.add("address add " + IpPrefix.host(address) + " dev " + device));
        present.stream()
                .filter(address -> !wanted.contains(address))
                .forEach(address -> commands.add("address del " + IpPrefix.host(address) + " dev " + device));
        ip.batch(commands);
    }

    @Override
    public void apply(Collection<Route> desired) throws IOException {
        Set<Route> wanted = new HashSet<>(desired);
        List<Route> present = installed();
        Set<Route> there = new HashSet<>(present);
        // "replace" makes a route anew where prefix and metric are the same, so what it replaced must not be deleted.
        List<String> commands = new ArrayList<>();
        wanted.stream()
                .filter(IpRoutes::isBlackhole)
                .filter(r -> !there.contains(r))
                .forEach(r -> commands.add(replace(r)));
        wanted.stream()
                .filter(r -> !isBlackhole(r))
                .filter(r -> !there.contains(r))
                .forEach(r -> commands.add(replace(r)));
        Stream.concat(
                        present.stream().filter(r -> !isBlackhole(r)),
                        present.stream().filter(IpRoutes::isBlackhole))
                .filter(r -> wanted.stream().noneMatch(w -> isSamePlace(w, r)))
                .forEach(r -> commands.add(delete(r)));
        ip.batch(commands);
    }

    @Override
    public List<Route> installed() throws IOException {
        List<Route> routes = new ArrayList<>();
        for (String family : List.of("-4", "-6")) {
            String answer = ip.query(family, "-j", "route", "show", "table", "main", "proto", String.valueOf(PROTOCOL));
            for (JsonNode route : array(answer)) {
                parse(route, family.equals("-4")).ifPresent(routes::add);
            }
        }
        return routes;
    }

    @Override
    public Optional<Path> pathTo(IpAddress destination) throws IOException {
        String answer;
        try {
            answer = ip.query("-j", "route", "get", destination.toString());
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

    private Set<IpAddress> addressesOf(String device) throws IOException {
        Set<IpAddress> addresses = new HashSet<>();
        for (JsonNode link : array(ip.query("-j", "address", "show", "dev", device))) {
            for (JsonNode info : link.path("addr_info")) {
                if (info.hasNonNull("local")
                        && !"link".equals(info.path("scope").asText())) {
                    addresses.add(IpAddress.parse(info.get("local").asText()));
                }
            }
        }
        return addresses;
    }

    private static JsonNode array(String json) throws IOException {
        return JSON.readTree(json.isBlank() ? "[]" : json);
    }

    private static Optional<Route> parse(JsonNode route, boolean v4) {
        String destination = route.path("dst").asText();
        IpPrefix prefix = destination.equals("default")
                ? new IpPrefix(v4 ? IpAddress.ANY_V4 : IpAddress.ANY_V6, 0)
                : IpPrefix.parse(destination);
        int metric = route.path("metric").asInt(0);
        if ("blackhole".equals(route.path("type").asText())) {
            return Optional.of(new Route.Blackhole(prefix))
                    .filter(r -> r.metric() == metric)
                    .map(Route.class::cast);
        }
        if (route.hasNonNull("gateway")) {
            return Optional.of(new Route.ViaNextHop(
                    prefix, IpAddress.parse(route.get("gateway").asText())));
        }
        return Optional.ofNullable(route.get("dev"))
                .map(device -> new Route.ThroughDevice(
                        prefix,
                        device.asText(),
                        Optional.ofNullable(route.get("prefsrc"))
                                .map(JsonNode::asText)
                                .map(IpAddress::parse)));
    }

    private static boolean isBlackhole(Route route) {
        return route instanceof Route.Blackhole;
    }

    private static boolean isSamePlace(Route a, Route b) {
        return a.prefix().equals(b.prefix()) && a.metric() == b.metric();
    }

    private static String replace(Route route) {
        return "route replace " + place(route, true);
    }

    private static String delete(Route route) {
        return "route del " + place(route, false);
    }

    private static String place(Route route, boolean withSource) {
        String attributes = " proto " + PROTOCOL + " metric " + route.metric();
        return switch (route) {
            case Route.Blackhole blackhole -> "blackhole " + blackhole.prefix() + attributes;
            case Route.ViaNextHop via -> via.prefix() + " via " + via.nextHop() + attributes;
            case Route.ThroughDevice through ->
                through.prefix() + " dev " + through.device() + attributes
                        + (withSource
                                ? through.source()
                                        .map(source -> " src " + source)
                                        .orElse("")
                                : "");
        };
    }
}
