package dev.culvert.io.route;

import com.fasterxml.jackson.databind.JsonNode;
import dev.culvert.io.socket.OwnMark;
import dev.culvert.wire.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Routes in a table of our own, and for each IP version that has some the rule by which they lead everything that does
 * not carry our mark. Their places in the table and the rule stay when the process dies.
 */
final class UnmarkedRoutes implements Routes {
    /** Number of the table; a number that is the same as that of our routing protocol is easily found. */
    static final String TABLE = "229";

    /** Behind the rule for the host's own addresses, before those of everybody else. */
    private static final int PRIORITY = 229;

    private static final List<String> FAMILIES = List.of("-4", "-6");

    private final IpProgram ip;
    private final IpRoutes routes;

    UnmarkedRoutes(IpProgram ip, IpRoutes routes) {
        this.ip = ip;
        this.routes = routes;
    }

    @Override
    public void configureDevice(String device, int mtu, Collection<IpAddress> addresses) throws IOException {
        routes.configureDevice(device, mtu, addresses);
    }

    @Override
    public void apply(Collection<Route> desired) throws IOException {
        List<String> added = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        for (String family : FAMILIES) {
            boolean wanted = desired.stream().anyMatch(route -> isOf(family, route));
            int present = rules(family, wanted);
            if (wanted && present == 0) {
                added.add(rule(family, "add"));
            }
            for (int i = wanted ? 1 : 0; i < present; i++) {
                removed.add(rule(family, "del"));
            }
        }
        run(removed);
        routes.apply(desired);
        run(added);
    }

    /** Those to which a rule leads. */
    @Override
    public List<Route> installed() throws IOException {
        List<Route> all = routes.installed();
        List<Route> obeyed = new ArrayList<>();
        for (String family : FAMILIES) {
            List<Route> some = all.stream().filter(route -> isOf(family, route)).toList();
            if (!some.isEmpty() && rules(family, true) > 0) {
                obeyed.addAll(some);
            }
        }
        return obeyed;
    }

    @Override
    public Optional<Path> pathTo(IpAddress destination) throws IOException {
        return routes.pathTo(destination);
    }

    private void run(List<String> rules) throws IOException {
        for (String rule : rules) {
            ip.query(rule.split(" ", -1));
        }
    }

    /** How many rules of ours there are. */
    private int rules(String family, boolean wanted) throws IOException {
        String answer;
        try {
            answer = ip.query(family, "-j", "rule", "show");
        } catch (IOException e) {
            if (wanted) {
                throw e;
            }
            return 0; // a host without IPv6
        }
        int count = 0;
        for (JsonNode rule : IpRoutes.array(answer)) {
            if (rule.path("priority").asInt() == PRIORITY
                    && rule.path("protocol").asText().equals(String.valueOf(PROTOCOL))) {
                count++;
            }
        }
        return count;
    }

    private static String rule(String family, String action) {
        return family + " rule " + action + " not fwmark " + OwnMark.FWMARK + " lookup " + TABLE + " pref " + PRIORITY
                + " protocol " + PROTOCOL;
    }

    private static boolean isOf(String family, Route route) {
        return route.prefix().address().isV4() == family.equals("-4");
    }
}
