package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.AddressTranslation;
import dev.culvert.api.v1alpha1.ChildMode;
import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import dev.culvert.api.v1alpha1.TranslationSide;
import dev.culvert.api.v1alpha1.TranslationType;
import dev.culvert.api.v1alpha1.compile.HostView;
import dev.culvert.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The address translations of one tunnel: each on its own, with each other, and with the traffic selectors. */
final class TranslationChecks {
    private final IPSecTunnelSpec spec;
    private final List<Problem> problems = new ArrayList<>();

    /** One that makes sense on its own. */
    private record Rule(String path, AddressTranslation said, IpPrefix from, IpPrefix to) {
        boolean isLocal() {
            return said.side() == TranslationSide.LOCAL;
        }

        boolean isMasquerade() {
            return said.type() == TranslationType.MASQUERADE;
        }

        IpPrefix inTunnel() {
            return isLocal() ? to : from;
        }

        IpPrefix atHosts() {
            return isLocal() ? from : to;
        }

        String inTunnelPath() {
            return path + (isLocal() ? ".to" : ".from");
        }

        String atHostsPath() {
            return path + (isLocal() ? ".from" : ".to");
        }
    }

    private TranslationChecks(IPSecTunnelSpec spec) {
        this.spec = spec;
    }

    static List<Problem> of(IPSecTunnelSpec spec) {
        TranslationChecks checks = new TranslationChecks(spec);
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < spec.nat().translations().size(); i++) {
            AddressTranslation said = spec.nat().translations().get(i);
            checks.alone("spec.nat.translations[" + i + "]", said).ifPresent(rules::add);
        }
        for (int i = 0; i < rules.size(); i++) {
            for (int j = 0; j < i; j++) {
                checks.together(rules.get(j), rules.get(i));
            }
            checks.withSelectors(rules.get(i));
        }
        return checks.problems;
    }

    private Optional<Rule> alone(String path, AddressTranslation said) {
        Optional<IpPrefix> from = network(path + ".from", said.from());
        Optional<IpPrefix> to = network(path + ".to", said.to());
        if (from.isEmpty() || to.isEmpty()) {
            return Optional.empty();
        }
        int bits = from.get().address().bits();
        String wrong = null;
        String allowed = null;
        if (bits != to.get().address().bits()) {
            wrong = to.get() + " is of another address family than " + from.get();
        } else if (said.type() == TranslationType.ONE_TO_ONE
                && from.get().length() != to.get().length()) {
            wrong = "with type OneToOne, " + to.get() + " is not as long as " + from.get();
            allowed = "a network of length /" + from.get().length();
        } else if (said.type() == TranslationType.MASQUERADE
                && bits - to.get().length() > AddressTranslation.LONGEST_POOL_BITS) {
            wrong = "with type Masquerade, " + to.get() + " is too large";
            allowed = "/" + (bits - AddressTranslation.LONGEST_POOL_BITS) + " to /" + bits;
        }
        if (wrong != null) {
            problems.add(Problem.invalid(path + ".to", wrong, allowed));
        }
        boolean masqueradedPeer = said.type() == TranslationType.MASQUERADE && said.side() == TranslationSide.REMOTE;
        if (masqueradedPeer) {
            problems.add(Problem.invalid(path + ".type", "Masquerade is for side Local", "OneToOne"));
        }
        return wrong != null || masqueradedPeer
                ? Optional.empty()
                : Optional.of(new Rule(path, said, from.get(), to.get()));
    }

    private Optional<IpPrefix> network(String path, String text) {
        try {
            return Optional.of(Addresses.network(text));
        } catch (IllegalArgumentException e) {
            problems.add(Problem.invalid(path, String.valueOf(e.getMessage()), SelectorChecks.ALLOWED));
            return Optional.empty();
        }
    }

    /** Of one address there is one translation; only a wider masquerade may be behind others, for the rest. */
    private void together(Rule first, Rule second) {
        if (first.said().side() != second.said().side()) {
            return;
        }
        if (first.inTunnel().overlaps(second.inTunnel())) {
            problems.add(Problem.overlapping(
                    second.inTunnelPath(),
                    second.inTunnel() + " overlaps with " + first.inTunnel() + " of " + first.path()));
        }
        boolean isTheRest = second.isMasquerade() && second.atHosts().contains(first.atHosts());
        if (first.atHosts().overlaps(second.atHosts()) && !isTheRest) {
            problems.add(Problem.overlapping(
                    second.atHostsPath(),
                    second.atHosts() + " overlaps with " + first.atHosts() + " of " + first.path()));
        }
    }

    private void withSelectors(Rule rule) {
        String selectorsName = rule.isLocal() ? "localTrafficSelectors" : "remoteTrafficSelectors";
        List<IpPrefix> all = new ArrayList<>();
        for (ChildSpec child : spec.children()) {
            List<IpPrefix> selectors = (rule.isLocal() ? child.localTrafficSelectors() : child.remoteTrafficSelectors())
                    .stream()
                            .flatMap(text -> SelectorPairs.network(text).stream())
                            .toList();
            all.addAll(selectors);
            if (HostView.concerns(rule.said(), child)) {
                withChild(rule, child, selectors);
            }
        }
        if (all.stream().noneMatch(selector -> selector.contains(rule.inTunnel()))) {
            problems.add(Problem.invalid(
                    rule.inTunnelPath(),
                    rule.inTunnel() + " is what goes through the tunnel, and is within no network of a child's "
                            + selectorsName,
                    String.join(", ", all.stream().map(IpPrefix::toString).toList())));
        }
    }

    private void withChild(Rule rule, ChildSpec child, List<IpPrefix> selectors) {
        if (child.mode() == ChildMode.TRANSPORT) {
            problems.add(Problem.invalid(
                    rule.inTunnelPath(),
                    rule.inTunnel() + " is a network of child '" + child.name()
                            + "', whose mode Transport does not go with translated addresses",
                    null));
        }
        if (rule.isMasquerade()
                && child.trafficFilter() != null
                && child.trafficFilter().localPorts() != null) {
            problems.add(Problem.invalid(
                    rule.path() + ".type",
                    "Masquerade changes the ports on this end, and child '" + child.name()
                            + "' has trafficFilter.localPorts",
                    "OneToOne, or a filter without localPorts"));
        }
        for (IpPrefix selector : selectors) {
            if (rule.isMasquerade() && selector.overlaps(rule.to()) && !selector.contains(rule.to())) {
                problems.add(Problem.invalid(
                        rule.inTunnelPath(),
                        "with type Masquerade, " + rule.to() + " is not wholly within " + selector + " of child '"
                                + child.name() + "'",
                        null));
            }
            HostView.untranslated(selector, rule.said().side(), spec.nat()).stream()
                    .filter(left -> left.overlaps(rule.atHosts()))
                    .findFirst()
                    .ifPresent(left -> problems.add(Problem.overlapping(
                            rule.atHostsPath(),
                            rule.atHosts() + " overlaps with " + left + ", which " + selector + " of child '"
                                    + child.name() + "' has in the tunnel without translation")));
        }
    }
}
