package dev.culvert.agent.worker;

import dev.culvert.ike.endpoint.Command;
import dev.culvert.ipsec.DataPathEvent;
import dev.culvert.ipsec.DataPathListener;
import dev.culvert.ipsec.DropReason;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.UdpAddress;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Hands the data path's events to the negotiator as commands and logs its audit events. All of them are rate-limited
 * where they are made.
 */
public final class DataPathEvents implements DataPathListener {
    private static final Logger log = LoggerFactory.getLogger("dev.culvert.ipsec");

    private static final IpPrefix MULTICAST_V4 = IpPrefix.parse("224.0.0.0/4");
    private static final IpPrefix MULTICAST_V6 = IpPrefix.parse("ff00::/8");

    private final Consumer<Command> commands;

    public DataPathEvents(Consumer<Command> commands) {
        this.commands = commands;
    }

    @Override
    public boolean offer(DataPathEvent event) {
        switch (event) {
            case DataPathEvent.Acquire acquire ->
                commands.accept(new Command.Acquire(
                        acquire.tunnel(),
                        acquire.child(),
                        Optional.of(acquire.local()),
                        Optional.of(acquire.remote())));
            case DataPathEvent.Expire expire ->
                commands.accept(new Command.Expire(expire.tunnel(), expire.child(), expire.spiIn(), expire.hard()));
            case DataPathEvent.PeerMoved moved ->
                commands.accept(new Command.PeerMoved(moved.spiIn(), moved.carrier(), moved.seenLocal(), moved.seen()));
            case DataPathEvent.Audit audit -> {
                if (audit.reason() == DropReason.IN_UNKNOWN_SPI && audit.outerRemote() != null && !audit.inStream()) {
                    commands.accept(unknownSpi(audit.spi(), audit.outerRemote()));
                }
                write(audit);
            }
        }
        return true;
    }

    private static Command unknownSpi(int spi, UdpAddress remote) {
        IpAddress any = remote.address().isV4() ? IpAddress.ANY_V4 : IpAddress.ANY_V6;
        return remote.port() == 0 // ESP without UDP
                ? new Command.UnknownSpi(
                        spi, new UdpAddress(any, IkeSockets.IKE_PORT), remote.withPort(IkeSockets.IKE_PORT))
                : new Command.UnknownSpi(spi, new UdpAddress(any, IkeSockets.NAT_PORT), remote);
    }

    private static void write(DataPathEvent.Audit audit) {
        // Neighbour discovery and the like, which the kernel tries on every device.
        boolean multicast = audit.reason() == DropReason.OUT_NO_POLICY
                && audit.remote() != null
                && (MULTICAST_V4.contains(audit.remote().start())
                        || MULTICAST_V6.contains(audit.remote().start()));
        LoggingEventBuilder line = log.atLevel(multicast ? Level.DEBUG : level(audit.reason()))
                .addKeyValue("reason", audit.reason().keyword());
        if (audit.tunnel() != null) {
            line = line.addKeyValue("tunnel", audit.tunnel());
        }
        if (audit.child() != null) {
            line = line.addKeyValue("child", audit.child());
        }
        if (audit.spi() != 0) {
            line = line.addKeyValue("spi", String.format("%08x", audit.spi()));
        }
        if (audit.outerRemote() != null) {
            line = line.addKeyValue("peer", audit.outerRemote());
        }
        if (audit.local() != null && audit.remote() != null) {
            line = line.addKeyValue("local", audit.local()).addKeyValue("remote", audit.remote());
        }
        line.log("packet dropped");
    }

    /** What a stranger can cause by sending something is not worth a warning. */
    private static Level level(DropReason reason) {
        return switch (reason) {
            case IN_BAD_PADDING, IN_BAD_NEXT_HEADER, IN_MALFORMED, IN_SELECTOR_MISMATCH, OUT_SEQUENCE_EXHAUSTED ->
                Level.WARN;
            case OUT_NO_POLICY,
                    OUT_NO_SA,
                    OUT_EXPIRED,
                    OUT_DISCARD_POLICY,
                    OUT_BYPASS_POLICY,
                    IN_DISCARD_POLICY,
                    IN_BYPASS_POLICY -> Level.INFO;
            default -> Level.DEBUG;
        };
    }
}
