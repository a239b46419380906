package dev.culvert.ipsec;

import dev.culvert.ipsec.WorkerState.Total;
import dev.culvert.ipsec.ah.AhHeader;
import dev.culvert.ipsec.esp.EspHeader;
import dev.culvert.ipsec.esp.EspTrailer;
import dev.culvert.ipsec.esp.UdpEncapsulation;
import dev.culvert.ipsec.mtu.SegmentSize;
import dev.culvert.ipsec.outer.CongestionMarks;
import dev.culvert.ipsec.outer.TransportHeader;
import dev.culvert.ipsec.sad.ChildSa;
import dev.culvert.ipsec.sad.ExpiryListener;
import dev.culvert.ipsec.sad.InboundSa;
import dev.culvert.ipsec.sad.OuterPath;
import dev.culvert.ipsec.sad.SaMode;
import dev.culvert.ipsec.sad.SaParameters;
import dev.culvert.ipsec.sad.Sad;
import dev.culvert.ipsec.spd.PacketFlow;
import dev.culvert.ipsec.spd.Policy;
import dev.culvert.ipsec.spd.Spd;
import dev.culvert.ipsec.translate.Translator;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Chain;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import org.jspecify.annotations.Nullable;

/**
 * From the sockets to the TUN device (RFC 4301 §5.2, RFC 4303 §3.4, RFC 4302 §3.4). Owned by one worker. Allocates nothing per packet;
 * events and AES-GCM in the JDK do.
 *
 * <ol>
 *   <li>What shares the UDP port: IKE, keepalive or ESP (RFC 3948); what is behind the IP header of a raw packet.
 *   <li>The SA, by SPI.
 *   <li>The sequence number; verification and decryption into another buffer; the window moves.
 *   <li>The peer's address, which counts only now that the packet is authentic.
 *   <li>Trailer and next header. In tunnel mode the inner header, what is behind the inner packet being cut off, and the
 *       congestion mark of the outer header (RFC 6040); in transport mode the packet gets its IP header back.
 *   <li>The selectors.
 *   <li>The addresses that our hosts know, where some are translated.
 *   <li>The policies that come before those that protect.
 *   <li>The maximum segment size that a TCP segment asks for.
 * </ol>
 */
public final class Inbound {
    private static final int IN_UDP = -1;

    private final DataPath dataPath;
    private final WorkerState state;
    private final ExpiryListener expiry;
    private final PacketFlow flow = new PacketFlow();
    private final EarlyPackets early = new EarlyPackets();
    private final PacketTranslation translation;

    /** Of the batch that is being looked at. */
    private Spd spd = Spd.EMPTY;

    /** Of the packet that is being looked at: offset of its IP header, or {@link #IN_UDP}. */
    private int outer;

    /** Bytes of its outer IP header with options or extension headers; the octet in it that names ESP. */
    private int outerLength;

    private int outerName;

    /** SPI and low 32 bits of the sequence number of the packet that is being looked at. */
    private int spi;

    private int sequence;

    Inbound(DataPath dataPath, WorkerState state) {
        this.dataPath = dataPath;
        this.state = state;
        expiry = state::expire;
        translation = new PacketTranslation(state);
    }

    /**
     * Takes all datagrams of a batch that came to the port for ESP in UDP (4500), or messages of TCP streams.
     *
     * @param fromUdp datagrams or messages, one in each buffer; empty afterwards
     * @param toTun takes inner packets behind what it holds; its buffers are as long as those of {@code fromUdp}. What it
     *     has no room for is dropped
     * @param toIke takes IKE messages without the non-ESP marker behind what it holds, with {@code local} and
     *     {@code remote}. What it has no room for is dropped
     */
    public void process(PacketBatch fromUdp, PacketBatch toTun, PacketBatch toIke, long nowNanos) {
        state.enter();
        try {
            Sad sad = enter(dataPath.snapshot());
            takeEarly(sad, toTun, toTun.capacity() - toTun.size() - fromUdp.size(), nowNanos);
            for (int i = 0; i < fromUdp.size(); i++) {
                datagram(sad, fromUdp, i, toTun, toIke, nowNanos);
            }
        } finally {
            fromUdp.clear();
            state.exit();
        }
    }

    /**
     * Takes all packets of a batch that came to a raw socket.
     *
     * @param fromRaw whole IP packets, one in each buffer, with {@code remote} for reports; empty afterwards
     * @param toTun as for {@link #process}
     */
    public void processRaw(PacketBatch fromRaw, PacketBatch toTun, long nowNanos) {
        state.enter();
        try {
            Sad sad = enter(dataPath.snapshot());
            for (int i = 0; i < fromRaw.size(); i++) {
                raw(sad, fromRaw.buffer(i), toTun, nowNanos);
            }
        } finally {
            fromRaw.clear();
            state.exit();
        }
    }

    private void raw(Sad sad, PacketBuffer packet, PacketBatch toTun, long nowNanos) {
        long place = behindOuterHeader(packet);
        int protocol = Ipv6Chain.protocolOf(place);
        if (place == Ipv6Chain.NONE || (protocol != IpProtocol.ESP && protocol != IpProtocol.AH)) {
            state.drop(DropReason.IN_NOT_WHOLE);
            return;
        }
        outer = packet.offset;
        outerLength = Ipv6Chain.offsetOf(place);
        outerName = Ipv6Chain.nameOf(place);
        packet.offset += outerLength;
        packet.length -= outerLength;
        if (packet.length < (protocol == IpProtocol.ESP ? EspHeader.LENGTH : AhHeader.FIXED_LENGTH)) {
            state.drop(DropReason.IN_RUNT);
        } else if (protocol == IpProtocol.ESP) {
            esp(sad, packet, toTun, nowNanos);
        } else {
            spi = AhHeader.spi(packet.array, packet.offset);
            sequence = AhHeader.sequence(packet.array, packet.offset);
            find(sad, IpProtocol.AH, packet, toTun, nowNanos);
        }
    }

    /** Checks the outer IP packet and cuts the buffer to it; the place of what it carries. */
    private static long behindOuterHeader(PacketBuffer packet) {
        byte[] a = packet.array;
        int at = packet.offset;
        if (Ipv4Header.isValid(a, at, packet.length)) {
            packet.length = Ipv4Header.totalLength(a, at);
            packet.trafficClass = Ipv4Header.tos(a, at);
            return Ipv4Header.isFragment(a, at)
                    ? Ipv6Chain.NONE
                    : Ipv6Chain.place(Ipv4Header.protocol(a, at), Ipv4Header.headerLength(a, at), Ipv4Header.PROTOCOL);
        }
        if (Ipv6Header.isValid(a, at, packet.length)) {
            packet.length = Ipv6Header.totalLength(a, at);
            packet.trafficClass = Ipv6Header.trafficClass(a, at);
            return Ipv6Chain.behindExtensions(a, at, packet.length);
        }
        return Ipv6Chain.NONE;
    }

    private Sad enter(Snapshot snapshot) {
        spd = snapshot.spd();
        return snapshot.sad();
    }

    /** Whether packets wait for an SA that is about to come: {@link #process} is to be called soon, if need be with nothing. */
    public boolean isHolding() {
        return early.size() > 0;
    }

    /** Takes those whose SA has come, from the last to the first; they are a few, and the replay window sorts them. */
    private void takeEarly(Sad sad, PacketBatch toTun, int room, long nowNanos) {
        int left = room;
        for (int i = early.size() - 1; i >= 0; i--) {
            PacketBuffer packet = early.packet(i);
            spi = EspHeader.spi(packet.array, packet.offset);
            sequence = EspHeader.sequence(packet.array, packet.offset);
            if (sad.find(spi) != null) {
                if (left-- <= 0) {
                    return;
                }
                outer = IN_UDP;
                esp(sad, packet, toTun, nowNanos);
                early.remove(i);
            } else if (early.isOver(i, nowNanos)) {
                dropUnread(DropReason.IN_UNKNOWN_SPI, packet, null, nowNanos);
                early.remove(i);
            }
        }
    }

    private void datagram(
            Sad sad, PacketBatch fromUdp, int index, PacketBatch toTun, PacketBatch toIke, long nowNanos) {
        PacketBuffer datagram = fromUdp.buffer(index);
        switch (UdpEncapsulation.kind(datagram.array, datagram.offset, datagram.length)) {
            case ESP -> {
                outer = IN_UDP;
                esp(sad, datagram, toTun, nowNanos);
            }
            case IKE -> {
                early.ikeCame(nowNanos);
                ike(fromUdp, index, toIke);
            }
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
        spi = EspHeader.spi(packet.array, packet.offset);
        sequence = EspHeader.sequence(packet.array, packet.offset);
        find(sad, IpProtocol.ESP, packet, toTun, nowNanos);
    }

    private void find(Sad sad, int protocol, PacketBuffer packet, PacketBatch toTun, long nowNanos) {
        InboundSa sa = sad.find(spi);
        if (sa == null || sa.protocol() != protocol) {
            boolean reserved = Integer.compareUnsigned(spi, SaParameters.LOWEST_SPI) < 0;
            if (!reserved && outer == IN_UDP && early.hold(packet, nowNanos)) {
                return;
            }
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
        int plain = sa.open(packet, sequence, outer, inner.array, inner.offset);
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
        boolean esp = sa.protocol() == IpProtocol.ESP;
        int payload = esp ? EspTrailer.payloadLength(inner.array, inner.offset, plain) : plain;
        if (payload == EspTrailer.MALFORMED) {
            return refuse(DropReason.IN_BAD_PADDING, sa, packet, nowNanos);
        }
        int nextHeader = esp
                ? EspTrailer.nextHeader(inner.array, inner.offset, plain)
                : AhHeader.nextHeader(packet.array, packet.offset);
        if (nextHeader == IpProtocol.NONE) {
            state.drop(DropReason.IN_DUMMY);
            return false;
        }
        inner.length = payload;
        DropReason fault = sa.pair().parameters().mode() == SaMode.TUNNEL
                ? fromTunnel(packet, inner, nextHeader)
                : fromTransport(sa, packet, inner, nextHeader);
        if (fault != null) {
            return refuse(fault, sa, packet, nowNanos);
        }
        if (!flow.sourceWithin(sa.pair().remote())
                || !flow.destinationWithin(sa.pair().local())) {
            return refuseMismatch(DropReason.IN_SELECTOR_MISMATCH, sa, packet, nowNanos);
        }
        inner.length = flow.totalLength();
        if (!sa.admits(inner.length, nowNanos, expiry)) {
            dropUnread(DropReason.IN_EXPIRED, packet, sa.pair(), nowNanos);
            return false;
        }
        Translator translator = sa.pair().translator();
        if (translator != null && !translation.inbound(translator, inner, flow, nowNanos)) {
            return false;
        }
        if (spd.hasExceptions()) {
            DropReason exception = exception();
            if (exception != null) {
                return refuseMismatch(exception, sa, packet, nowNanos);
            }
        }
        SegmentSize.lower(inner.array, inner.offset, flow, sa.pair().path().maximumSegment(flow.version()));
        state.count(Total.PACKETS_IN, 1);
        state.count(Total.BYTES_IN, inner.length);
        return true;
    }

    /** Looks at the inner packet of tunnel mode; what is wrong with it, or null. */
    private @Nullable DropReason fromTunnel(PacketBuffer packet, PacketBuffer inner, int nextHeader) {
        if (nextHeader != IpProtocol.IPV4 && nextHeader != IpProtocol.IPV6) {
            return DropReason.IN_BAD_NEXT_HEADER;
        }
        if (!flow.read(inner.array, inner.offset, inner.length)) {
            return DropReason.IN_MALFORMED;
        }
        if (flow.version() != (nextHeader == IpProtocol.IPV4 ? 4 : 6)) {
            return DropReason.IN_BAD_NEXT_HEADER;
        }
        return CongestionMarks.decapsulate(inner.array, inner.offset, packet.trafficClass)
                ? null
                : DropReason.IN_CONGESTION;
    }

    /** Gives a payload of transport mode its IP header back; what is wrong with it, or null. */
    private @Nullable DropReason fromTransport(InboundSa sa, PacketBuffer packet, PacketBuffer inner, int nextHeader) {
        int upper = inner.offset;
        if (outer == IN_UDP) {
            OuterPath path = sa.pair().path();
            UdpAddress remote = packet.remote == null ? path.remote() : packet.remote;
            UdpAddress local = packet.local == null ? path.local() : packet.local;
            TransportHeader.synthesize(inner, remote.address(), local.address(), nextHeader, packet.trafficClass);
            TransportHeader.correctChecksum(inner, upper, nextHeader);
        } else {
            if (outerLength > inner.offset) {
                return DropReason.IN_MALFORMED;
            }
            inner.offset -= outerLength;
            inner.length += outerLength;
            System.arraycopy(packet.array, outer, inner.array, inner.offset, outerLength);
            TransportHeader.rename(inner.array, inner.offset, outerName, nextHeader, inner.length);
        }
        return flow.read(inner.array, inner.offset, inner.length) ? null : DropReason.IN_MALFORMED;
    }

    /**
     * A new outer address counts if the packet is authentic and the newest: an old one that someone held back and sends
     * from elsewhere is not the peer's move (RFC 7296 §2.23).
     */
    private void noticeMove(InboundSa sa, PacketBuffer packet, long nowNanos) {
        OuterPath path = sa.pair().path();
        UdpAddress expected = path.remote();
        UdpAddress seen = packet.remote;
        Carrier carrier = packet.inStream ? Carrier.TCP : Carrier.UDP;
        boolean comparable = outer == IN_UDP && path.carrier() == carrier;
        if (seen == null || !comparable || !sa.newest() || seen.equals(expected)) {
            return;
        }
        UdpAddress seenLocal = packet.local == null ? path.local() : packet.local;
        if (sa.mayTellOfMove(nowNanos)) {
            ChildSa pair = sa.pair();
            state.tell(new DataPathEvent.PeerMoved(
                    pair.parameters().tunnel(),
                    pair.parameters().child(),
                    sa.spi(),
                    expected,
                    seenLocal,
                    seen,
                    carrier));
        }
    }

    private boolean refuse(DropReason reason, InboundSa sa, PacketBuffer packet, long nowNanos) {
        sa.countMalformed();
        dropUnread(reason, packet, sa.pair(), nowNanos);
        return false;
    }

    /** What keeps the packet out although the SA holds it, or null. */
    private @Nullable DropReason exception() {
        int policy = spd.findReverse(flow);
        if (policy == Spd.NONE) {
            return null;
        }
        return switch (spd.policies().get(policy)) {
            case Policy.Discard discard -> DropReason.IN_DISCARD_POLICY;
            case Policy.Bypass bypass -> DropReason.IN_BYPASS_POLICY;
            case Policy.Protect protect -> null;
        };
    }

    private boolean refuseMismatch(DropReason reason, InboundSa sa, PacketBuffer packet, long nowNanos) {
        sa.countMalformed();
        state.drop(reason);
        if (state.mayAudit(reason, nowNanos)) {
            state.audit(
                    reason,
                    sa.spi(),
                    sequence,
                    packet.remote,
                    packet.inStream,
                    sa.pair(),
                    flow.destination(),
                    flow.source());
        }
        return false;
    }

    /** Drops a packet of whose content nothing is known. */
    private void dropUnread(DropReason reason, PacketBuffer packet, @Nullable ChildSa pair, long nowNanos) {
        state.drop(reason);
        if (state.mayAudit(reason, nowNanos)) {
            state.audit(reason, spi, sequence, packet.remote, packet.inStream, pair, null, null);
        }
    }
}
