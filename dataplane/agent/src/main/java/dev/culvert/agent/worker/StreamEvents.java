package dev.culvert.agent.worker;

import dev.culvert.agent.negotiator.Negotiator;
import dev.culvert.ike.endpoint.Command;
import dev.culvert.io.tcp.TcpStreams;
import dev.culvert.wire.UdpAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands what happens to TCP connections to the packet loop and to the negotiator. */
public final class StreamEvents implements TcpStreams.Listener {
    private static final Logger log = LoggerFactory.getLogger(StreamEvents.class);

    private volatile @Nullable PacketWorker worker;
    private volatile @Nullable Negotiator negotiator;

    /** Says whom to tell; before that nothing can happen. */
    public void tell(PacketWorker newWorker, Negotiator newNegotiator) {
        worker = newWorker;
        negotiator = newNegotiator;
    }

    @Override
    public void received() {
        PacketWorker told = worker;
        if (told != null) {
            told.wakeUp();
        }
    }

    @Override
    public void closed(UdpAddress local, UdpAddress remote, String why) {
        Negotiator told = negotiator;
        if (told != null) {
            told.command(new Command.StreamLost(local, remote, why));
        }
    }

    @Override
    public void failed(Throwable error) {
        log.error("the thread of TCP connections met an error", error);
    }
}
