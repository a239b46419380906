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
import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.IntegrityAlgorithm;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.PrfAlgorithm;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.crypto.Transform;
import dev.culvert.crypto.TransformType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What a tunnel of IKEv1 may say, and what only IKEv1 has. */
final class IkeV1Checks {
    private static final String IKE_PROPOSALS = "spec.ike.proposals";

    private static final String PHASE_1 =
            "3des or AES-CBC, HMAC of MD5, SHA1 or SHA2, and modp1024 to modp8192 or ecp256 to ecp521";

    private static final String PHASE_2 =
            "all encryption but chacha20poly1305, HMAC or aesxcbc, and for perfect forward secrecy modp1024 to modp8192 or ecp256 to ecp521";

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
        for (int i = 0; i < ike.proposals().size(); i++) {
            String path = IKE_PROPOSALS + "[" + i + "]";
            String text = ike.proposals().get(i);
            parse(SecurityProtocol.IKE, text)
                    .ifPresent(proposal -> unsupported(path, text, proposal, IkeV1Checks::isOfPhase1, PHASE_1));
        }
        if (ike.mode() == IkeMode.AGGRESSIVE) {
            Set<KeyExchangeMethod> methods = new LinkedHashSet<>();
            texts(ike)
                    .forEach(text -> parse(SecurityProtocol.IKE, text)
                            .ifPresent(proposal -> methods.addAll(proposal.keyExchangeMethods())));
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
        for (int i = 0; i < child.proposals().size(); i++) {
            String itemPath = path + ".proposals[" + i + "]";
            String text = child.proposals().get(i);
            parse(child.protocol().securityProtocol(), text)
                    .ifPresent(proposal -> unsupported(itemPath, text, proposal, IkeV1Checks::isOfPhase2, PHASE_2));
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

    private void unsupported(
            String path, String text, Proposal proposal, Predicate<Transform> isKnown, String allowed) {
        List<String> others = proposal.transforms().stream()
                .filter(isKnown.negate())
                .map(Transform::toString)
                .toList();
        if (!others.isEmpty()) {
            problems.add(Problem.unsupported(
                    path, "proposal '" + text + "': IKEv1 has no " + String.join(", ", others), allowed));
        }
    }

    private static boolean isOfPhase1(Transform transform) {
        return TransformType.byId(transform.type())
                .map(type -> switch (type) {
                    case ENCRYPTION ->
                        EncryptionAlgorithm.byId(transform.id())
                                .filter(e ->
                                        e == EncryptionAlgorithm.AES_CBC || e == EncryptionAlgorithm.TRIPLE_DES_CBC)
                                .isPresent();
                    case INTEGRITY ->
                        IntegrityAlgorithm.byId(transform.id())
                                .filter(i -> i != IntegrityAlgorithm.AES_XCBC_96
                                        && i != IntegrityAlgorithm.AES_CMAC_96
                                        && i != IntegrityAlgorithm.HMAC_SHA2_256_96)
                                .isPresent();
                    case PRF ->
                        PrfAlgorithm.byId(transform.id())
                                .filter(IkeV1Checks::isHmac)
                                .isPresent();
                    case KEY_EXCHANGE -> isGroup(transform);
                    default -> false;
                })
                .orElse(false);
    }

    private static boolean isHmac(PrfAlgorithm prf) {
        return prf != PrfAlgorithm.AES_XCBC && prf != PrfAlgorithm.AES_CMAC;
    }

    private static boolean isOfPhase2(Transform transform) {
        return TransformType.byId(transform.type())
                .map(type -> switch (type) {
                    case ENCRYPTION -> transform.id() != EncryptionAlgorithm.CHACHA20_POLY1305.id();
                    case INTEGRITY ->
                        transform.id() != IntegrityAlgorithm.AES_CMAC_96.id()
                                && transform.id() != IntegrityAlgorithm.HMAC_SHA2_256_96.id();
                    case EXTENDED_SEQUENCE_NUMBERS -> true;
                    case KEY_EXCHANGE -> transform.isNone() || isGroup(transform);
                    default -> false;
                })
                .orElse(false);
    }

    /** RFC 2409 §6, RFC 3526, RFC 5903. */
    private static boolean isGroup(Transform transform) {
        return KeyExchangeMethod.byId(transform.id())
                .filter(method -> method.id() <= KeyExchangeMethod.ECP_521.id())
                .isPresent();
    }

    /** What does not parse is said elsewhere. */
    private static Optional<Proposal> parse(SecurityProtocol protocol, String text) {
        try {
            return Optional.of(IkeVersion.IKE_V1.proposal(protocol, text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void invalid(String path, String message, String allowed) {
        problems.add(Problem.invalid(path, message, allowed));
    }
}
