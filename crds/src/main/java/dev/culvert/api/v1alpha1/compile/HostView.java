package dev.culvert.api.v1alpha1.compile;

import dev.culvert.api.v1alpha1.AddressTranslation;
import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.NatSettings;
import dev.culvert.api.v1alpha1.TranslationSide;
import dev.culvert.api.v1alpha1.TranslationType;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Traffic selectors as the hosts on this end know their networks: what is routed, what policies are about, and what must
 * not overlap. Without translations they are the traffic selectors themselves.
 */
public final class HostView {
    private HostView() {}

    /** Children whose traffic selectors are those that the hosts know. */
    public static List<ChildSpec> of(List<ChildSpec> children, NatSettings nat) {
        return nat.translations().isEmpty()
                ? children
                : children.stream().map(child -> of(child, nat)).toList();
    }

    /** The same of one child. */
    public static ChildSpec of(ChildSpec child, NatSettings nat) {
        return new ChildSpec(
                child.name(),
                of(child.localTrafficSelectors(), TranslationSide.LOCAL, nat),
                of(child.remoteTrafficSelectors(), TranslationSide.REMOTE, nat),
                child.trafficFilter(),
                child.mode(),
                child.protocol(),
                child.proposals(),
                child.rekeyTime(),
                child.rekeyBytes(),
                child.rekeyPackets(),
                child.startAction(),
                child.closeAction(),
                child.replayWindow());
    }

    private static List<String> of(List<String> selectors, TranslationSide side, NatSettings nat) {
        return selectors.stream()
                .flatMap(selector -> of(IpPrefix.parse(selector), side, nat).stream())
                .map(IpPrefix::toString)
                .distinct()
                .toList();
    }

    /**
     * What one selector is: the parts that are translated under their other addresses, and what is left of it. What is no
     * network among the translations is passed over.
     */
    public static List<IpPrefix> of(IpPrefix selector, TranslationSide side, NatSettings nat) {
        List<IpPrefix> all = new ArrayList<>();
        for (AddressTranslation translation : nat.translations()) {
            Optional<IpPrefix> inTunnel = network(translation.inTunnel());
            Optional<IpPrefix> atHosts = network(translation.atHosts());
            if (translation.side() == side
                    && inTunnel.isPresent()
                    && atHosts.isPresent()
                    && inTunnel.get().overlaps(selector)) {
                all.add(part(selector, inTunnel.get(), atHosts.get(), translation.type()));
            }
        }
        all.addAll(untranslated(selector, side, nat));
        return all;
    }

    /** What is left of a selector without its translated parts. */
    public static List<IpPrefix> untranslated(IpPrefix selector, TranslationSide side, NatSettings nat) {
        List<IpPrefix> left = List.of(selector);
        for (AddressTranslation translation : nat.translations()) {
            Optional<IpPrefix> inTunnel = network(translation.inTunnel());
            if (translation.side() == side && inTunnel.isPresent()) {
                left = left.stream()
                        .flatMap(piece -> without(piece, inTunnel.get()))
                        .toList();
            }
        }
        return left;
    }

    /** Whether a translation is about packets of a child. */
    public static boolean concerns(AddressTranslation translation, ChildSpec child) {
        List<String> selectors = translation.side() == TranslationSide.LOCAL
                ? child.localTrafficSelectors()
                : child.remoteTrafficSelectors();
        Optional<IpPrefix> inTunnel = network(translation.inTunnel());
        return inTunnel.isPresent()
                && selectors.stream()
                        .flatMap(selector -> network(selector).stream())
                        .anyMatch(selector -> selector.overlaps(inTunnel.get()));
    }

    /** What a selector's part of a translated network is at the hosts: a part of that too, if one goes to one. */
    private static IpPrefix part(IpPrefix selector, IpPrefix inTunnel, IpPrefix atHosts, TranslationType type) {
        if (selector.contains(inTunnel)
                || type == TranslationType.MASQUERADE
                || inTunnel.length() != atHosts.length()) {
            return atHosts;
        }
        IpAddress wire = inTunnel.address();
        IpAddress host = atHosts.address();
        IpAddress part = selector.address();
        // The bits between the two prefixes are the selector's.
        return new IpPrefix(
                new IpAddress(
                        host.version(),
                        host.high() | (part.high() ^ wire.high()),
                        host.low() | (part.low() ^ wire.low())),
                selector.length());
    }

    private static Stream<IpPrefix> without(IpPrefix piece, IpPrefix taken) {
        if (taken.contains(piece)) {
            return Stream.empty();
        }
        if (!taken.overlaps(piece)) {
            return Stream.of(piece);
        }
        int half = piece.length() + 1;
        return Stream.of(IpPrefix.around(piece.first(), half), IpPrefix.around(piece.last(), half))
                .flatMap(part -> without(part, taken));
    }

    private static Optional<IpPrefix> network(String text) {
        try {
            return Optional.of(IpPrefix.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
