package dev.culvert.agent.negotiator;

import dev.culvert.agent.keylog.WiresharkKeys;
import dev.culvert.agent.status.StatusBook;
import dev.culvert.agent.worker.IkeSockets;
import dev.culvert.agent.worker.SaInstaller;
import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.AuditRecord;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.io.tcp.TcpStreams;
import dev.culvert.wire.Carrier;
import java.util.Optional;
import java.util.function.Consumer;

/** Carries out what the negotiator puts out, on its thread. */
public final class OutputHandler implements Consumer<Output> {
    private final IkeSockets sockets;
    private final TcpStreams streams;
    private final SaInstaller installer;
    private final StatusBook book;
    private final AuditLog audit;
    private final Consumer<String> onUnreachable;
    private final Optional<WiresharkKeys> keyLog;

    /**
     * @param keyLog takes the keys of child SAs, if somebody asked for it
     * @param onUnreachable takes the names of tunnels whose peer did not answer
     */
    public OutputHandler(
            IkeSockets sockets,
            TcpStreams streams,
            SaInstaller installer,
            StatusBook book,
            AuditLog audit,
            Consumer<String> onUnreachable,
            Optional<WiresharkKeys> keyLog) {
        this.sockets = sockets;
        this.streams = streams;
        this.installer = installer;
        this.book = book;
        this.audit = audit;
        this.onUnreachable = onUnreachable;
        this.keyLog = keyLog;
    }

    @Override
    public void accept(Output output) {
        switch (output) {
            case Output.Transmit transmit -> transmit(transmit);
            case Output.OpenStream open -> streams.open(open.local(), open.remote());
            case Output.KeepStream keep -> streams.keep(keep.local(), keep.remote());
            case Output.ReleaseStream release -> streams.release(release.local(), release.remote());
            case Output.KeepAlive keepAlive -> sockets.sendKeepAlive(keepAlive.local(), keepAlive.remote());
            case Output.InstallChildSa install -> {
                keyLog.ifPresent(keys -> keys.childSa(install.parameters()));
                installer.install(install);
            }
            case Output.ActivateChildSa activate -> installer.activate(activate);
            case Output.UpdateChildSa update -> installer.update(update);
            case Output.RemoveChildSa remove -> installer.remove(remove);
            case Output.Status status -> book.negotiated(status.status());
            case Output.ConfigurationApplied applied ->
                book.applied(applied.tunnel(), applied.effect(), applied.message());
            case Output.Audit event -> {
                audit.write(event.event());
                unreachable(event.event()).ifPresent(onUnreachable);
            }
        }
    }

    /** The tunnel whose peer's names are worth another look: its IKE SA was lost, or could not be made where it is now. */
    static Optional<String> unreachable(AuditRecord event) {
        boolean ikeSa = event.event() == AuditEvent.PEER_UNREACHABLE
                || (event.event() == AuditEvent.INITIATION_FAILED
                        && !event.fields().containsKey("child"));
        return ikeSa ? event.tunnel() : Optional.empty();
    }

    private void transmit(Output.Transmit transmit) {
        if (transmit.carrier() == Carrier.TCP) {
            streams.sendIke(transmit.local(), transmit.remote(), transmit.message());
        } else {
            sockets.send(transmit.local(), transmit.remote(), transmit.message());
        }
    }
}
