package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.ChildSaParameters;
import dev.culvert.ike.endpoint.IpsecMode;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.ike.v2.keymat.ChildKeys;
import dev.culvert.wire.TrafficSelector;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What both sides agreed on for a child SA, ready to be installed. */
record ChildTerms(
        ChildConfig config,
        int spiIn,
        int spiOut,
        ChildSuite suite,
        IpsecMode mode,
        List<TrafficSelector> local,
        List<TrafficSelector> remote) {
    /**
     * What goes into the keys.
     *
     * @param initiator whether we initiated the exchange
     * @param sharedSecret of its own key exchange, with PFS
     * @param furtherSecrets of the additional key exchanges behind it (RFC 9370)
     */
    record KeyInputs(
            boolean initiator,
            Optional<SecretBytes> sharedSecret,
            Bytes ni,
            Bytes nr,
            List<SecretBytes> furtherSecrets) {
        KeyInputs(boolean initiator, Optional<SecretBytes> sharedSecret, Bytes ni, Bytes nr) {
            this(initiator, sharedSecret, ni, nr, List.of());
        }

        KeyInputs with(List<SecretBytes> secrets) {
            return new KeyInputs(initiator, sharedSecret, ni, nr, secrets);
        }
    }

    /**
     * Derives the keys, hands both SAs to the ESP engine and enters the pair.
     *
     * @param sending whether outbound traffic uses it at once
     */
    ChildSa install(IkeSa sa, KeyInputs inputs, Optional<ChildSa> replaces, boolean sending, long nowNanos) {
        ChildKeys keys = ChildKeys.derive(
                sa.keys().prf(),
                sa.keys().keys().skD(),
                suite,
                inputs.sharedSecret(),
                inputs.ni().toArray(),
                inputs.nr().toArray(),
                inputs.furtherSecrets());
        boolean initiator = inputs.initiator();
        PeerPath path = sa.path();
        ChildSa child =
                new ChildSa(config.name(), spiIn, spiOut, suite, mode, local, remote, sending, initiator, nowNanos);
        String tunnel = sa.owner().config().name();
        sa.context()
                .emit(new Output.InstallChildSa(
                        tunnel,
                        ChildConfig.configuredName(config.name()),
                        new ChildSaParameters(
                                spiIn,
                                spiOut,
                                suite,
                                mode,
                                initiator ? keys.encryptionFromResponder() : keys.encryptionFromInitiator(),
                                initiator ? keys.integrityFromResponder() : keys.integrityFromInitiator(),
                                initiator ? keys.encryptionFromInitiator() : keys.encryptionFromResponder(),
                                initiator ? keys.integrityFromInitiator() : keys.integrityFromResponder(),
                                local,
                                remote,
                                path.local(),
                                path.remote(),
                                path.ofEsp(sa.owner().config().encapsulation()),
                                path.localBehindNat(),
                                path.remoteBehindNat(),
                                initiator,
                                replaces.map(ChildSa::spiIn),
                                0),
                        sending));
        child.schedule(config, sa.context().random());
        Succession.activateLater(sa, child, nowNanos);
        sa.children().add(child);
        sa.audit(
                replaces.isPresent() ? AuditEvent.CHILD_SA_REKEYED : AuditEvent.CHILD_SA_ESTABLISHED,
                Map.of("child", child.toString(), "proposal", suite.keywords()),
                "child SA " + child + " " + suite.keywords() + ": " + Selectors.print(local) + " === "
                        + Selectors.print(remote));
        sa.owner().childUp(sa, child, nowNanos);
        return child;
    }
}
