package dev.culvert.ipsec;

import dev.culvert.ipsec.WorkerState.Total;
import dev.culvert.ipsec.esp.EspHeader;
import dev.culvert.ipsec.esp.EspTrailer;
import dev.culvert.ipsec.esp.UdpEncapsulation;
import dev.culvert.ipsec.sad.ChildSa;
import dev.culvert.ipsec.sad.ExpiryListener;
import dev.culvert.ipsec.sad.InboundSa;
import dev.culvert.ipsec.sad.SaParameters;
import dev.culvert.ipsec.sad.Sad;
import dev.culvert.ipsec.spd.PacketFlow;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import org.jspecify.annotations.Nullable;

/**
 * From the socket to the TUN device (RFC 4301 §5.2, RFC 4303 §3.4). Owned by one worker. Allocates nothing per packet;
 * events and AES-GCM in the JDK do.
 *
 * <ol>
 *   <li>What shares the port: IKE, keepalive or ESP (RFC 3948).
 *   <li>The SA, by SPI.
 *   <li>The sequence number; verification and decryption into another buffer; the window moves.
 *   <li>The peer's address, which counts only now that the packet is authentic.
 *   <li>Trailer, next header, inner header; what is behind the inner packet is cut off.
 *   <li>The selectors.
 * </ol>
 *
 * <p>Left out: the outer header is the socket's to know, so a congestion mark on it does not reach the inner packet (RFC
 * 6040 §4.2).
 */
public final class Inbound {
    private final DataPath dataPath;
    private final WorkerState state;
    private final ExpiryListener expiry;
    private final PacketFlow flow = new PacketFlow();

    Inbound(DataPath dataPath, WorkerState state) {
        this.dataPath = dataPath;
        this.state = state;
        expiry = state::expire;
    }

    /**
     * Takes all datagrams of a batch that came to the port for ESP in UDP (4500).
     *
     * @param fromUdp datagrams, one in each buffer; empty afterwards
     * @param toTun takes inner packets behind what it holds; its buffers are as long as those of {@code fromUdp}. What it
     *     has no room for is dropped
     * @param toIke takes IKE messages without the non-ESP marker behind what it holds, with {@code local} and
     *     {@code remote}. What it has no room for is dropped
     */
    public void process(PacketBatch fromUdp, PacketBatch toTun, PacketBatch toIke, long nowNanos) {
        state.enter();
        try {
            Sad sad = dataPath.snapshot().sad();
            for (int i = 0; i < fromUdp.size(); i++) {
                datagram(sad, fromUdp, i, toTun, toIke, nowNanos);
            }
        } finally {
            fromUdp.clear();
            state.exit();
        }
    }

    private void datagram(
            Sad sad, PacketBatch fromUdp, int index, PacketBatch toTun, PacketBatch toIke, long nowNanos) {
        PacketBuffer datagram = fromUdp.buffer(index);
        switch (UdpEncapsulation.kind(datagram.array, datagram.offset, datagram.length)) {
            case ESP -> esp(sad, datagram, toTun, nowNanos);
            case IKE -> ike(fromUdp, index, toIke);
            case KEEPALIVE -> state.count(Total.KEEPALIVES, 1);
            case EMPTY -> state.drop(DropReason.IN_EMPTY);
            case RUNT -> state.drop(DropReason.IN_RUNT);
        }
    }

    private void ike(PacketBatch fromUdp, int index, PacketBatch toIke) {
        if (toIke.isFull()) {
            state.drop(DropReason.IN_IKE_QUEUE_FULL);
            return;
        }
        PacketBuffer datagram = fromUdp.buffer(index);
        datagram.offset += UdpEncapsulation.NON_ESP_MARKER_LENGTH;
        datagram.length -= UdpEncapsulation.NON_ESP_MARKER_LENGTH;
        fromUdp.moveTo(toIke, index);
        state.count(Total.IKE_DATAGRAMS, 1);
    }

    private void esp(Sad sad, PacketBuffer packet, PacketBatch toTun, long nowNanos) {
        int spi = EspHeader.spi(packet.array, packet.offset);
        InboundSa sa = sad.find(spi);
        if (sa == null) {
            boolean reserved = Integer.compareUnsigned(spi, SaParameters.LOWEST_SPI) < 0;
            dropUnread(reserved ? DropReason.IN_RESERVED_SPI : DropReason.IN_UNKNOWN_SPI, packet, null, nowNanos);
        } else if (sa.expired() != null) {
            dropUnread(DropReason.IN_EXPIRED, packet, sa.pair(), nowNanos);
        } else if (packet.length < sa.minimumLength()) {
            dropUnread(DropReason.IN_RUNT, packet, sa.pair(), nowNanos);
        } else if (toTun.isFull()) {
            state.drop(DropReason.IN_QUEUE_FULL);
        } else {
            open(sa, packet, toTun, nowNanos);
        }
    }

    private void open(InboundSa sa, PacketBuffer packet, PacketBatch toTun, long nowNanos) {
        PacketBuffer inner = toTun.add();
        int plain = sa.open(packet, inner.array, inner.offset);
        if (plain < 0) {
            toTun.size(toTun.size() - 1);
            dropUnread(
                    switch (plain) {
                        case InboundSa.REPLAYED -> DropReason.IN_REPLAYED;
                        case InboundSa.TOO_OLD -> DropReason.IN_TOO_OLD;
                        default -> DropReason.IN_BAD_ICV;
                    },
                    packet,
                    sa.pair(),
                    nowNanos);
            return;
        }
        noticeMove(sa, packet, nowNanos);
        if (!accept(sa, packet, inner, plain, nowNanos)) {
            toTun.size(toTun.size() - 1);
        }
    }

    /** Looks at a decrypted packet and cuts it to size; false if it was dropped. */
    private boolean accept(InboundSa sa, PacketBuffer packet, PacketBuffer inner, int plain, long nowNanos) {
        int payload = EspTrailer.payloadLength(inner.array, inner.offset, plain);
        if (payload == EspTrailer.MALFORMED) {
            return refuse(DropReason.IN_BAD_PADDING, sa, packet, nowNanos);
        }
        int nextHeader = EspTrailer.nextHeader(inner.array, inner.offset, plain);
        if (nextHeader == IpProtocol.NONE) {
            state.drop(DropReason.IN_DUMMY);
            return false;
        }
        if (nextHeader != IpProtocol.IPV4 && nextHeader != IpProtocol.IPV6) {
            return refuse(DropReason.IN_BAD_NEXT_HEADER, sa, packet, nowNanos);
        }
        if (!flow.read(inner.array, inner.offset, payload)) {
            return refuse(DropReason.IN_MALFORMED, sa, packet, nowNanos);
        }
        if (flow.version() != (nextHeader == IpProtocol.IPV4 ? 4 : 6)) {
            return refuse(DropReason.IN_BAD_NEXT_HEADER, sa, packet, nowNanos);
        }
        if (!flow.sourceWithin(sa.pair().remote())
                || !flow.destinationWithin(sa.pair().local())) {
            return refuseMismatch(sa, packet, nowNanos);
        }
        inner.length = flow.totalLength();
        if (!sa.admits(inner.length, nowNanos, expiry)) {
            dropUnread(DropReason.IN_EXPIRED, packet, sa.pair(), nowNanos);
            return false;
        }
        state.count(Total.PACKETS_IN, 1);
        state.count(Total.BYTES_IN, inner.length);
        return true;
    }

    /**
     * A new outer address counts if the packet is authentic and the newest: an old one that someone held back and sends
     * from elsewhere is not the peer's move (RFC 7296 §2.23).
     */
    private void noticeMove(InboundSa sa, PacketBuffer packet, long nowNanos) {
        UdpAddress expected = sa.pair().path().remote();
        UdpAddress seen = packet.remote;
        if (seen == null || !sa.newest() || seen.equals(expected)) {
            return;
        }
        if (sa.mayTellOfMove(nowNanos)) {
            ChildSa pair = sa.pair();
            state.tell(new DataPathEvent.PeerMoved(
                    pair.parameters().tunnel(), pair.parameters().child(), sa.spi(), expected, seen));
        }
    }

    private boolean refuse(DropReason reason, InboundSa sa, PacketBuffer packet, long nowNanos) {
        sa.countMalformed();
        dropUnread(reason, packet, sa.pair(), nowNanos);
        return false;
    }

    private boolean refuseMismatch(InboundSa sa, PacketBuffer packet, long nowNanos) {
        sa.countMalformed();
        state.drop(DropReason.IN_SELECTOR_MISMATCH);
        if (state.mayAudit(DropReason.IN_SELECTOR_MISMATCH, nowNanos)) {
            state.audit(
                    DropReason.IN_SELECTOR_MISMATCH,
                    sa.spi(),
                    EspHeader.sequence(packet.array, packet.offset),
                    packet.remote,
                    sa.pair(),
                    flow.destination(),
                    flow.source());
        }
        return false;
    }

    /** Drops an ESP packet of whose content nothing is known. */
    private void dropUnread(DropReason reason, PacketBuffer packet, @Nullable ChildSa pair, long nowNanos) {
        state.drop(reason);
        if (state.mayAudit(reason, nowNanos)) {
            state.audit(
                    reason,
                    EspHeader.spi(packet.array, packet.offset),
                    EspHeader.sequence(packet.array, packet.offset),
                    packet.remote,
                    pair,
                    null,
                    null);
        }
    }
}
