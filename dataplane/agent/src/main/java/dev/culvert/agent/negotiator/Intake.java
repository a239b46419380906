package dev.culvert.agent.negotiator;

import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.IkeEndpoint;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import java.util.Arrays;

/**
 * Where the packet loop hands IKE datagrams over. What belongs to an IKE SA goes to the negotiator at once, and past all
 * that does not; then comes what configured peers begin; the rest goes by the {@link Doorkeeping}. Costs the packet loop little even when most is to be dropped:
 * a look at the header, and a copy only of what there is room for.
 */
public final class Intake {
    private final IkeEndpoint endpoint;
    private final Negotiator negotiator;
    private final Doorkeeping doorkeeping;

    public Intake(IkeEndpoint endpoint, Negotiator negotiator, Doorkeeping doorkeeping) {
        this.endpoint = endpoint;
        this.negotiator = negotiator;
        this.doorkeeping = doorkeeping;
    }

    /** Takes over a datagram, whose buffer is free for another one afterwards. Any thread; waits for nobody. */
    public void receive(PacketBuffer datagram) {
        UdpAddress local = datagram.local;
        UdpAddress remote = datagram.remote;
        if (local == null || remote == null) {
            return;
        }
        switch (endpoint.precedence(datagram.array, datagram.offset, datagram.length, remote)) {
            case KNOWN_SA -> {
                if (!negotiator.known().refuses()) {
                    negotiator.receiveKnown(copy(datagram, local, remote));
                }
            }
            case HALF_OPEN_SA -> ofBeginner(datagram, local, remote, endpoint.isPeer(remote));
            case CONFIGURED_PEER -> ofBeginner(datagram, local, remote, true);
            case STRANGER -> {
                if (!doorkeeping.refuses() && !doorkeeping.strangers().refuses()) {
                    doorkeeping.receive(copy(datagram, local, remote));
                }
            }
        }
    }

    private void ofBeginner(PacketBuffer datagram, UdpAddress local, UdpAddress remote, boolean configured) {
        if (!negotiator.ofBeginners(configured).refuses()) {
            negotiator.receiveOfBeginner(copy(datagram, local, remote), configured);
        }
    }

    private static IkeDatagram copy(PacketBuffer datagram, UdpAddress local, UdpAddress remote) {
        return new IkeDatagram(
                datagram.inStream ? Carrier.TCP : Carrier.UDP,
                local,
                remote,
                Arrays.copyOfRange(datagram.array, datagram.offset, datagram.end()));
    }
}
