package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.AuthenticationMethod;
import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.Childless;
import dev.culvert.api.v1alpha1.DefaultProposals;
import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import dev.culvert.api.v1alpha1.IkeMode;
import dev.culvert.api.v1alpha1.IkeSettings;
import dev.culvert.api.v1alpha1.IkeVersion;
import dev.culvert.api.v1alpha1.TcpEncapsulation;
import dev.culvert.api.v1alpha1.TrafficFilter;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.SecurityProtocol;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a tunnel of IKEv1 may say, and what only IKEv1 has. Its algorithms are looked at where proposals are read. */
final class IkeV1Checks {
    private static final String IKE_PROPOSALS = "spec.ike.proposals";

    private final List<Problem> problems = new ArrayList<>();

    private IkeV1Checks() {}

    static List<Problem> of(IPSecTunnelSpec spec) {
        IkeV1Checks checks = new IkeV1Checks();
        if (spec.ike().version() == IkeVersion.IKE_V1) {
            checks.settings(spec.ike());
            checks.authentication(spec);
            checks.phase1(spec.ike());
            for (int i = 0; i < spec.children().size(); i++) {
                checks.child("spec.children[" + i + "]", spec.children().get(i));
            }
            checks.aggressive(spec);
        } else if (spec.ike().mode() != null) {
            checks.invalid("spec.ike.mode", "belongs to version IKEv1", "none with IKEv2");
        }
        return checks.problems;
    }

    private void settings(IkeSettings ike) {
        if (ike.mobike()) {
            invalid("spec.ike.mobike", "IKEv1 has no such thing", "false, or nothing");
        }
        if (ike.childless() == Childless.PREFER || ike.childless() == Childless.FORCE) {
            invalid(
                    "spec.ike.childless",
                    ike.childless() + ": an IKEv1 tunnel begins without a child SA in any case",
                    "Allow, Never");
        }
        if (ike.tcpEncapsulation() != TcpEncapsulation.OFF) {
            invalid("spec.ike.tcpEncapsulation", "IKEv1 has no such thing", "Off");
        }
    }

    private void authentication(IPSecTunnelSpec spec) {
        if (spec.authentication().methodOfPeer() != spec.authentication().method()) {
            invalid(
                    "spec.authentication.remoteMethod",
                    "with IKEv1 both ends authenticate by the same method",
                    spec.authentication().method().toString());
        }
        if (spec.authentication().postQuantumPreSharedKey() != null) {
            invalid("spec.authentication.postQuantumPreSharedKey", "IKEv1 has no such thing", "none");
        }
    }

    private void phase1(IkeSettings ike) {
        if (ike.mode() == IkeMode.AGGRESSIVE) {
            Set<KeyExchangeMethod> methods = new LinkedHashSet<>();
            texts(ike)
                    .forEach(text -> parse(text).ifPresent(proposal -> methods.addAll(proposal.keyExchangeMethods())));
            if (methods.size() > 1) {
                invalid(
                        IKE_PROPOSALS,
                        "aggressive mode has no choice of key exchanges (RFC 2409 §5), these are "
                                + methods.stream()
                                        .map(KeyExchangeMethod::keyword)
                                        .collect(Collectors.joining(", ")),
                        "one for all proposals");
            }
        }
    }

    private static List<String> texts(IkeSettings ike) {
        return ike.proposals().isEmpty() ? DefaultProposals.ike(ike) : ike.proposals();
    }

    private void child(String path, ChildSpec child) {
        single(path + ".localTrafficSelectors", child.localTrafficSelectors());
        single(path + ".remoteTrafficSelectors", child.remoteTrafficSelectors());
        onePort(path + ".trafficFilter.localPorts", child, TrafficFilter::localPorts);
        onePort(path + ".trafficFilter.remotePorts", child, TrafficFilter::remotePorts);
    }

    /** RFC 2407 §4.6.2: an identity has one port, or all. */
    private void onePort(String path, ChildSpec child, Function<TrafficFilter, @Nullable IntOrString> side) {
        TrafficFilter filter = child.trafficFilter();
        if (filter != null && FilterChecks.isFine(filter)) {
            TrafficFilter.Range range = TrafficFilter.ports(side.apply(filter));
            if (range.first() != range.last() && !range.isAll()) {
                invalid(path, "with IKEv1 there are no ranges of ports", "one port, or nothing for all");
            }
        }
    }

    private void single(String path, List<String> selectors) {
        if (selectors.size() > 1) {
            invalid(
                    path,
                    "with IKEv1 a child has one traffic selector on each end, these are "
                            + String.join(", ", selectors),
                    "a child for each pair");
        }
    }

    /** RFC 2409 §5: its hash goes in the clear, and can be tried against a list of guesses. */
    private void aggressive(IPSecTunnelSpec spec) {
        if (spec.ike().mode() == IkeMode.AGGRESSIVE
                && spec.authentication().method() == AuthenticationMethod.PRE_SHARED_KEY) {
            problems.add(Problem.weakAlgorithm(
                    "spec.ike.mode",
                    "Aggressive with a pre-shared key: who listens, or merely asks, gets what guesses at the key can be tried on",
                    "Main, or method Certificate"));
        }
    }

    /** What does not parse is said elsewhere. */
    private static Optional<Proposal> parse(String text) {
        try {
            return Optional.of(IkeVersion.IKE_V1.proposal(SecurityProtocol.IKE, text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void invalid(String path, String message, String allowed) {
        problems.add(Problem.invalid(path, message, allowed));
    }
}
