package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.Authentication;
import dev.culvert.api.v1alpha1.AuthenticationMethod;
import dev.culvert.api.v1alpha1.CertificateSource;
import dev.culvert.api.v1alpha1.ChildMode;
import dev.culvert.api.v1alpha1.ChildProtocol;
import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.DeadPeerDetection;
import dev.culvert.api.v1alpha1.Durations;
import dev.culvert.api.v1alpha1.Encapsulation;
import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import dev.culvert.api.v1alpha1.Identity;
import dev.culvert.api.v1alpha1.IkeVersion;
import dev.culvert.api.v1alpha1.PostQuantumPreSharedKey;
import dev.culvert.api.v1alpha1.PreSharedKeySource;
import dev.culvert.api.v1alpha1.TcpEncapsulation;
import dev.culvert.api.v1alpha1.preset.Presets;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.crypto.Transform;
import dev.culvert.crypto.x509.DistinguishedNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Checks one tunnel on its own. It repeats what CEL says, because the agent's file meets no API server, and adds what
 * CEL cannot say: proposals that parse and work, weak algorithms, selectors that contradict each other.
 */
public final class TunnelValidation {
    private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+");
    private static final Pattern FQDN = Pattern.compile("[A-Za-z0-9_*]([A-Za-z0-9_.-]*[A-Za-z0-9_])?");
    private static final int WINDOW_STEP = 32;

    private static final String PRESET = "spec.preset";

    private final IPSecTunnelSpec written;
    private final List<Problem> problems = new ArrayList<>();

    private TunnelValidation(IPSecTunnelSpec written) {
        this.written = written;
    }

    /** All problems of the tunnel with what its preset fills in, errors and warnings, in the order of the fields. */
    public static List<Problem> validate(IPSecTunnelSpec written) {
        IPSecTunnelSpec spec = Presets.fill(written);
        TunnelValidation validation = new TunnelValidation(written);
        validation.problems.addAll(PresetChecks.of(written));
        validation.ike(spec);
        validation.ends(spec);
        validation.authentication(spec.authentication());
        validation.children(spec);
        validation.problems.addAll(KeyExchangeChecks.of(spec));
        validation.problems.addAll(IkeV1Checks.of(spec));
        validation.encapsulation(spec);
        validation.problems.addAll(SizeChecks.of(spec));
        validation.problems.addAll(SelectorChecks.of(spec));
        validation.problems.addAll(TranslationChecks.of(spec));
        validation.problems.addAll(PolicyChecks.of(spec));
        return List.copyOf(validation.problems);
    }

    private void ike(IPSecTunnelSpec spec) {
        proposals(
                spec.ike().version(),
                written.ike().proposals().isEmpty() ? PRESET : "spec.ike.proposals",
                SecurityProtocol.IKE,
                spec.ike().proposals());
        duration("spec.ike.rekeyTime", spec.ike().rekeyTime());
        duration("spec.ike.reauthTime", spec.ike().reauthTime());
        DeadPeerDetection dpd = spec.ike().dpd();
        Optional<Duration> delay = duration("spec.ike.dpd.delay", dpd.delay());
        Optional<Duration> timeout = duration("spec.ike.dpd.timeout", dpd.timeout());
        if (delay.isPresent()
                && timeout.isPresent()
                && !delay.get().isZero()
                && timeout.get().compareTo(delay.get()) <= 0) {
            problems.add(Problem.invalid(
                    "spec.ike.dpd.timeout",
                    dpd.timeout() + " is not longer than the delay of " + dpd.delay(),
                    "more than " + dpd.delay()));
        }
    }

    private void ends(IPSecTunnelSpec spec) {
        identity("spec.local.identity.value", spec.local().identity());
        String local = spec.local().address();
        if (local != null && !Addresses.isIp(local)) {
            problems.add(Problem.invalid(
                    "spec.local.address", "'" + local + "' is not an address", "an IPv4 or IPv6 address"));
        }
        List<String> addresses = spec.remote().addresses();
        if (addresses.isEmpty()) {
            problems.add(Problem.invalid("spec.remote.addresses", "is empty", "at least one address or name"));
        }
        for (int i = 0; i < addresses.size(); i++) {
            if (!Addresses.isIp(addresses.get(i)) && !Addresses.isDomainName(addresses.get(i))) {
                problems.add(Problem.invalid(
                        "spec.remote.addresses[" + i + "]",
                        "'" + addresses.get(i) + "' is neither an address nor a name",
                        "an IPv4 or IPv6 address or a domain name"));
            }
        }
        identity("spec.remote.identity.value", spec.remote().identity());
    }

    private void identity(String path, Identity identity) {
        String value = identity.value();
        String allowed =
                switch (identity.type()) {
                    case IP -> Addresses.isIp(value) ? null : "an IPv4 or IPv6 address";
                    case EMAIL -> EMAIL.matcher(value).matches() ? null : "name@domain";
                    case FQDN ->
                        FQDN.matcher(value).matches() ? null : "a domain name: letters, digits, '-', '_' and '.'";
                    case DN -> isDistinguishedName(value) ? null : "CN=branch,O=Example,C=CH, as RFC 4514 has it";
                };
        if (allowed != null) {
            problems.add(Problem.invalid(path, "'" + value + "' is not of type " + identity.type(), allowed));
        }
    }

    private static boolean isDistinguishedName(String value) {
        try {
            return !DistinguishedNames.parse(value).getName().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void authentication(Authentication authentication) {
        CertificateSource certificate = authentication.certificate();
        boolean proves = authentication.method() == AuthenticationMethod.CERTIFICATE;
        boolean checks = authentication.methodOfPeer() == AuthenticationMethod.CERTIFICATE;
        together(
                AuthenticationMethod.PRE_SHARED_KEY,
                "preSharedKey",
                !proves || !checks,
                authentication.preSharedKey() != null);
        together(AuthenticationMethod.CERTIFICATE, "certificate", proves || checks, certificate != null);
        if (certificate != null && proves && certificate.secretRef() == null) {
            missing(AuthenticationMethod.CERTIFICATE, "certificate.secretRef");
        }
        if (certificate != null && checks && certificate.trustBundleRef() == null) {
            missing(AuthenticationMethod.CERTIFICATE, "certificate.trustBundleRef");
        }
        problems.addAll(RevocationChecks.of(certificate));
        PostQuantumPreSharedKey further = authentication.postQuantumPreSharedKey();
        PreSharedKeySource first = authentication.preSharedKey();
        if (further != null && first != null && further.secretRef().equals(first.secretRef())) {
            problems.add(Problem.invalid(
                    "spec.authentication.postQuantumPreSharedKey.secretRef",
                    "names the same key as preSharedKey, '"
                            + first.secretRef().key() + "' of '"
                            + first.secretRef().name()
                            + "': it protects only as a key of its own",
                    "another Secret or key"));
        }
    }

    private void together(AuthenticationMethod method, String block, boolean wanted, boolean present) {
        if (wanted && !present) {
            missing(method, block);
        } else if (present && !wanted) {
            problems.add(Problem.invalid(
                    "spec.authentication." + block, "belongs to method " + method + ", which neither end has", null));
        }
    }

    private void missing(AuthenticationMethod method, String block) {
        problems.add(Problem.invalid("spec.authentication", "method " + method + " comes without its block", block));
    }

    private void children(IPSecTunnelSpec spec) {
        List<ChildSpec> children = spec.children();
        if (children.isEmpty()) {
            problems.add(Problem.invalid("spec.children", "is empty", "at least one child"));
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < children.size(); i++) {
            ChildSpec child = children.get(i);
            String path = "spec.children[" + i + "]";
            if (!names.add(child.name())) {
                problems.add(Problem.invalid(path + ".name", "'" + child.name() + "' is there twice", "each once"));
            }
            List<Proposal> proposals = proposals(
                    spec.ike().version(),
                    written.children().get(i).proposals().isEmpty() ? PRESET : path + ".proposals",
                    child.protocol().securityProtocol(),
                    child.proposals());
            problems.addAll(TransportModeChecks.of(path, child, spec.remote()));
            duration(path + ".rekeyTime", child.rekeyTime());
            limit(path + ".rekeyBytes", child.rekeyBytes(), ChildSpec.LEAST_REKEY_BYTES);
            limit(path + ".rekeyPackets", child.rekeyPackets(), ChildSpec.LEAST_REKEY_PACKETS);
            if (child.replayWindow() % WINDOW_STEP != 0) {
                problems.add(Problem.invalid(
                        path + ".replayWindow",
                        child.replayWindow() + " is not a multiple of " + WINDOW_STEP,
                        "0, 32, 64 up to 4096"));
            }
            if (child.replayWindow() == 0
                    && proposals.stream()
                            .anyMatch(proposal -> proposal.transforms().contains(Transform.ESN))) {
                problems.add(Problem.invalid(
                        path + ".replayWindow",
                        "extended sequence numbers (esn) cannot do without a replay window (RFC 4303 §3.3.3)",
                        "at least 32"));
            }
        }
    }

    private void limit(String path, long value, long least) {
        if (value != 0 && value < least) {
            problems.add(Problem.invalid(path, value + " is too little", "0, or at least " + least));
        }
    }

    private void encapsulation(IPSecTunnelSpec spec) {
        boolean ah = spec.children().stream().anyMatch(child -> child.protocol() == ChildProtocol.AH);
        if (ah && spec.ike().tcpEncapsulation() == TcpEncapsulation.ALWAYS) {
            problems.add(Problem.invalid(
                    "spec.ike.tcpEncapsulation",
                    "Always, and a child has protocol AH, which does not go in TCP",
                    "Off, Fallback"));
        }
        if (spec.ike().tcpEncapsulation() == TcpEncapsulation.ALWAYS
                && spec.children().stream().anyMatch(child -> child.mode() == ChildMode.TRANSPORT)) {
            problems.add(Problem.invalid(
                    "spec.ike.tcpEncapsulation",
                    "Always, and a child has mode Transport, which is not supported in TCP",
                    "Off, Fallback"));
        }
        if (ah && spec.nat().encapsulation() == Encapsulation.ALWAYS) {
            problems.add(Problem.invalid(
                    "spec.nat.encapsulation",
                    "Always, and a child has protocol AH, which does not go in UDP",
                    "Auto, Never"));
        }
    }

    private List<Proposal> proposals(IkeVersion version, String path, SecurityProtocol protocol, List<String> texts) {
        List<Proposal> parsed = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            String itemPath = path.equals(PRESET) ? path : path + "[" + i + "]";
            try {
                Proposal proposal = version.proposal(protocol, texts.get(i));
                parsed.add(proposal);
                List<String> weak = ProposalKeywords.weak(proposal);
                if (!weak.isEmpty()) {
                    problems.add(Problem.weakAlgorithm(
                            itemPath,
                            "proposal '" + texts.get(i) + "' has weak " + String.join(", ", weak),
                            WeakAlgorithms.better(version, proposal) + " or better"));
                }
            } catch (IllegalArgumentException e) {
                problems.add(Problem.unsupported(itemPath, String.valueOf(e.getMessage()), null));
            }
        }
        return parsed;
    }

    private Optional<Duration> duration(String path, String text) {
        try {
            return Optional.of(Durations.parse(text));
        } catch (IllegalArgumentException e) {
            problems.add(Problem.invalid(path, "'" + text + "' is not a duration", Durations.ALLOWED));
            return Optional.empty();
        }
    }
}
