package dev.culvert.ipsec;

import dev.culvert.ipsec.WorkerState.Total;
import dev.culvert.ipsec.fragment.Ipv6Fragmenter;
import dev.culvert.ipsec.fragment.Reassembler;
import dev.culvert.ipsec.mtu.Ipv4Fragmenter;
import dev.culvert.ipsec.mtu.SegmentSize;
import dev.culvert.ipsec.mtu.TooBigAnswer;
import dev.culvert.ipsec.outer.TransportHeader;
import dev.culvert.ipsec.sad.ChildSa;
import dev.culvert.ipsec.sad.Limit;
import dev.culvert.ipsec.sad.OuterPath;
import dev.culvert.ipsec.sad.SaMode;
import dev.culvert.ipsec.spd.PacketFlow;
import dev.culvert.ipsec.spd.Policy;
import dev.culvert.ipsec.spd.Spd;
import dev.culvert.ipsec.translate.Translator;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Chain;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * From the TUN device to the socket (RFC 4301 §5.1, RFC 4303 §3.3): policy, SA, size, seal. Owned by one worker, which so
 * is the only writer of every outbound SA. Allocates nothing per packet; events and AES-GCM in the JDK do.
 *
 * <p>Size: an inner packet longer than the SA's path carries is cut before it is encapsulated if it is IPv4 without DF, and
 * answered with ICMP otherwise. An IPv6 packet of up to 1280 bytes goes out in any case and leaves it to IP to fragment
 * the outer packet (RFC 8200 §5). With fragments only the first shows ports, so a peer whose selectors name ports drops
 * the others.
 *
 * <p>In transport mode and where policies look at ports, fragments are put together first; what is then too long goes out
 * whole in transport mode and is fragmented outside (RFC 4303 §3.3.4). In tunnel mode it is cut again.
 *
 * <p>Policies name the addresses that our hosts know. Where some are translated, that is done behind the policy, and
 * everything that follows knows those in the tunnel.
 *
 * <p>DSCP and ECN of the outer header are the inner packet's (RFC 4301 §5.1.2.1, RFC 6040 §4.1); its DF bit is as
 * configured. The
 * inner TTL is the host's to decrement, which forwards the packet into the TUN device
 * (RFC 4301 §5.1.2.1).
 */
public final class Outbound {
    private static final long ACQUIRE_INTERVAL_NANOS = 1_000_000_000L;
    private static final int TOO_BIG_ANSWERS_PER_SECOND = 100;
    private static final int V6_MINIMUM_MTU = 1280;
    private static final ChildSa[] NO_SAS = {};

    /** Packets of which some fragments have come; each costs as much memory as the longest packet. */
    private static final int INCOMPLETE_PACKETS = 16;

    /** How often held packets are looked at while no SA comes or goes. */
    private static final long RELEASE_INTERVAL_NANOS = 200_000_000L;

    private final DataPath dataPath;
    private final WorkerState state;
    private final Encapsulator encapsulator;
    private final PacketFlow flow = new PacketFlow();
    private final PacketTranslation translation;
    private final RateLimit tooBigLimit = new RateLimit(TOO_BIG_ANSWERS_PER_SECOND, TOO_BIG_ANSWERS_PER_SECOND);

    /** Made with the first fragment that needs it. */
    private @Nullable Reassembler reassembler;

    private final HeldPackets held = new HeldPackets();
    private Snapshot releasedBy = Snapshot.EMPTY;
    private long nextReleaseNanos;

    private Spd acquireSpd = Spd.EMPTY;

    /** For each policy of {@link #acquireSpd} when it may acquire again. */
    private long[] acquireNanos = {};

    Outbound(DataPath dataPath, WorkerState state) {
        this.dataPath = dataPath;
        this.state = state;
        encapsulator = new Encapsulator(state::expire);
        translation = new PacketTranslation(state);
    }

    /**
     * Takes all packets of a batch.
     *
     * @param fromTun inner packets, one in each buffer, with {@link PacketBuffer}'s usual room around them; empty
     *     afterwards
     * @param toNet takes what goes out behind what it holds, with {@code local} and {@code remote} set: ESP packets for a
     *     UDP socket where these have ports, whole IP packets where the port is 0. Its buffers are as long as those of
     *     {@code fromTun}, with which they are exchanged. What it has no room for is dropped
     * @param toTun takes ICMP errors of up to 1280 bytes as far as it has room
     */
    public void process(PacketBatch fromTun, PacketBatch toNet, PacketBatch toTun, long nowNanos) {
        state.enter();
        try {
            Snapshot snapshot = dataPath.snapshot();
            for (int i = 0; i < fromTun.size(); i++) {
                packet(snapshot, fromTun, i, toNet, toTun, nowNanos);
            }
        } finally {
            fromTun.clear();
            state.exit();
        }
    }

    /** Whether packets wait for an SA: {@link #release} is to be called now and then. */
    public boolean isHolding() {
        return !held.isEmpty();
    }

    /**
     * Sends the packets that waited for an SA that is there now, and drops those that waited too long.
     *
     * @param scratch empty, before and afterwards; the batch that {@link #process} empties will do
     * @param toNet as in {@link #process}
     * @param toTun as in {@link #process}
     */
    public void release(PacketBatch scratch, PacketBatch toNet, PacketBatch toTun, long nowNanos) {
        state.enter();
        try {
            Snapshot snapshot = dataPath.snapshot();
            if (snapshot == releasedBy && nowNanos - nextReleaseNanos < 0) {
                return;
            }
            releasedBy = snapshot;
            nextReleaseNanos = nowNanos + RELEASE_INTERVAL_NANOS;
            for (HeldPackets.Held packet : held.takeAll()) {
                release(snapshot, packet, scratch, toNet, toTun, nowNanos);
            }
        } finally {
            scratch.clear();
            state.exit();
        }
    }

    private void release(
            Snapshot snapshot,
            HeldPackets.Held waiting,
            PacketBatch scratch,
            PacketBatch toNet,
            PacketBatch toTun,
            long nowNanos) {
        scratch.clear();
        PacketBuffer packet = scratch.add();
        System.arraycopy(waiting.packet(), 0, packet.array, packet.offset, waiting.packet().length);
        packet.length = waiting.packet().length;
        // It was read before; the policies may be others by now.
        int policy = flow.read(packet.array, packet.offset, packet.length)
                ? snapshot.spd().find(flow)
                : Spd.NONE;
        ChildSa[] sas = policy == Spd.NONE ? NO_SAS : snapshot.outbound(policy).newestFirst();
        Translator translator = sas.length == 0 ? null : snapshot.translator(policy);
        if (translator != null && !translation.outbound(translator, packet, flow, nowNanos)) {
            return;
        }
        ChildSa sa = choose(sas);
        if (sa != null && !toNet.isFull()) {
            protect(sa, false, scratch, 0, toNet, toTun, nowNanos);
        } else if (waiting.isOld(nowNanos)) {
            drop(DropReason.OUT_NO_SA, null, nowNanos);
        } else {
            held.keep(waiting);
        }
    }

    private void packet(
            Snapshot snapshot, PacketBatch fromTun, int index, PacketBatch toNet, PacketBatch toTun, long nowNanos) {
        PacketBuffer packet = fromTun.buffer(index);
        if (!flow.read(packet.array, packet.offset, packet.length)) {
            state.drop(DropReason.OUT_MALFORMED);
            return;
        }
        boolean reassembled = flow.isFragment() && snapshot.wantsWholePackets();
        if (reassembled && !reassemble(packet, nowNanos)) {
            return;
        }
        int policy = snapshot.spd().find(flow);
        if (policy == Spd.NONE) {
            drop(DropReason.OUT_NO_POLICY, null, nowNanos);
            return;
        }
        switch (snapshot.spd().policies().get(policy)) {
            case Policy.Discard discard -> drop(DropReason.OUT_DISCARD_POLICY, null, nowNanos);
            case Policy.Bypass bypass -> drop(DropReason.OUT_BYPASS_POLICY, null, nowNanos);
            case Policy.Protect protect -> {
                ChildSa[] sas = snapshot.outbound(policy).newestFirst();
                Translator translator = snapshot.translator(policy);
                // It waits as it came, since policies are looked for again when it goes.
                boolean waits = translator != null && sas.length == 0 && hold(protect, packet, nowNanos);
                if (translator != null && !translation.outbound(translator, packet, flow, nowNanos)) {
                    return;
                }
                ChildSa sa = choose(sas);
                if (sa == null) {
                    if (!waits && (translator != null || !hold(protect, packet, nowNanos))) {
                        drop(DropReason.OUT_NO_SA, null, nowNanos);
                    }
                    acquire(snapshot.spd(), policy, protect, nowNanos);
                } else {
                    protect(sa, reassembled, fromTun, index, toNet, toTun, nowNanos);
                }
            }
        }
    }

    private boolean hold(Policy.Protect protect, PacketBuffer packet, long nowNanos) {
        return protect.holding() && held.offer(protect, packet, flow.totalLength(), nowNanos);
    }

    /**
     * The newest SA that carries this packet: not at its end, its selectors (which may be narrower than the policy's)
     * matching; one that waits for the peer's first packet only if an older one is at its end.
     */
    private @Nullable ChildSa choose(ChildSa[] newestFirst) {
        ChildSa deferred = null;
        boolean ended = false;
        for (ChildSa sa : newestFirst) {
            if (sa.out().expired() != null) {
                ended |= !sa.outboundDeferred();
            } else if (flow.sourceWithin(sa.local()) && flow.destinationWithin(sa.remote())) {
                if (!sa.outboundDeferred()) {
                    return sa;
                }
                deferred = deferred == null ? sa : deferred;
            }
        }
        return ended ? deferred : null;
    }

    /** Whether a fragment has made its packet whole, which then is in the buffer and read. */
    private boolean reassemble(PacketBuffer packet, long nowNanos) {
        if (reassembler == null) {
            reassembler = new Reassembler(
                    INCOMPLETE_PACKETS, packet.maximumLength(), () -> state.drop(DropReason.OUT_INCOMPLETE));
        }
        packet.length = flow.totalLength();
        switch (reassembler.add(packet, nowNanos)) {
            case KEPT -> {
                return false;
            }
            case REFUSED -> {
                state.drop(DropReason.OUT_BAD_FRAGMENT);
                return false;
            }
            case WHOLE -> {}
        }
        if (!flow.read(packet.array, packet.offset, packet.length)) {
            state.drop(DropReason.OUT_MALFORMED);
            return false;
        }
        return true;
    }

    private void protect(
            ChildSa sa,
            boolean reassembled,
            PacketBatch fromTun,
            int index,
            PacketBatch toNet,
            PacketBatch toTun,
            long nowNanos) {
        PacketBuffer packet = fromTun.buffer(index);
        packet.length = flow.totalLength();
        OuterPath path = sa.path();
        boolean transport = sa.parameters().mode() == SaMode.TRANSPORT;
        long place = transport ? TransportHeader.insertion(packet.array, packet.offset, packet.length) : Ipv6Chain.NONE;
        if (transport && place == Ipv6Chain.NONE) {
            state.drop(DropReason.OUT_MALFORMED);
            return;
        }
        SegmentSize.lower(packet.array, packet.offset, flow, path.maximumSegment(flow.version()));
        int mtu = flow.version() == 4 ? path.innerMtu() : Math.max(path.innerMtu(), V6_MINIMUM_MTU);
        boolean cuttable = flow.version() == 4 && !Ipv4Header.dontFragment(packet.array, packet.offset);
        if (reassembled && !transport && flow.version() == 6) {
            cutAgain(sa, path, packet, mtu, toNet, nowNanos);
        } else if (packet.length <= mtu || (cuttable ? transport : reassembled)) {
            if (toNet.isFull()) {
                state.drop(DropReason.OUT_QUEUE_FULL);
            } else if (seal(sa, path, place, packet, nowNanos)) {
                fromTun.moveTo(toNet, index);
                fragmentOutside(path, packet, toNet);
            }
        } else if (cuttable) {
            fragment(sa, path, packet, toNet, nowNanos);
        } else {
            drop(DropReason.OUT_TOO_BIG, sa, nowNanos);
            answerTooBig(sa, packet, mtu, toTun, nowNanos);
        }
    }

    private void fragmentOutside(OuterPath path, PacketBuffer packet, PacketBatch toNet) {
        if (path.carrier() == Carrier.IP
                && packet.length > path.outerMtu()
                && !encapsulator.fragmentLast(toNet, path.outerMtu())) {
            state.drop(DropReason.OUT_QUEUE_FULL);
        }
    }

    private void fragment(ChildSa sa, OuterPath path, PacketBuffer packet, PacketBatch toNet, long nowNanos) {
        int count = Ipv4Fragmenter.count(packet.array, packet.offset, path.innerMtu());
        if (count == 0) {
            drop(DropReason.OUT_TOO_BIG, sa, nowNanos);
            return;
        }
        if (count > toNet.capacity() - toNet.size()) {
            state.drop(DropReason.OUT_QUEUE_FULL);
            return;
        }
        for (int i = 0; i < count; i++) {
            PacketBuffer fragment = toNet.add();
            Ipv4Fragmenter.write(packet.array, packet.offset, path.innerMtu(), i, fragment);
            if (!seal(sa, path, Ipv6Chain.NONE, fragment, nowNanos)) {
                toNet.size(toNet.size() - 1);
                return;
            }
        }
        state.count(Total.FRAGMENTED, 1);
    }

    /**
     * Only the source cuts IPv6 packets (RFC 8200 §4.5), and this one did: it goes on in pieces no longer than its own,
     * since behind the peer nobody could cut it to what a link carries.
     */
    private void cutAgain(ChildSa sa, OuterPath path, PacketBuffer packet, int mtu, PacketBatch toNet, long nowNanos) {
        Reassembler source = Objects.requireNonNull(reassembler);
        int longest = Math.min(mtu, source.longestFragment());
        int count = Ipv6Fragmenter.count(packet.array, packet.offset, packet.length, longest);
        if (count == 0) {
            drop(DropReason.OUT_TOO_BIG, sa, nowNanos);
            return;
        }
        if (count > toNet.capacity() - toNet.size()) {
            state.drop(DropReason.OUT_QUEUE_FULL);
            return;
        }
        for (int i = 0; i < count; i++) {
            PacketBuffer fragment = toNet.add();
            Ipv6Fragmenter.write(
                    packet.array, packet.offset, packet.length, longest, i, source.identification(), fragment);
            if (!seal(sa, path, Ipv6Chain.NONE, fragment, nowNanos)) {
                toNet.size(toNet.size() - 1);
                return;
            }
            fragmentOutside(path, fragment, toNet);
        }
        state.count(Total.FRAGMENTED, 1);
    }

    private boolean seal(ChildSa sa, OuterPath path, long place, PacketBuffer packet, long nowNanos) {
        int inner = packet.length;
        if (!encapsulator.encapsulate(sa, path, flow, place, packet, nowNanos)) {
            Limit expired = sa.out().expired();
            drop(
                    expired == null
                            ? DropReason.OUT_MALFORMED
                            : expired == Limit.SEQUENCE ? DropReason.OUT_SEQUENCE_EXHAUSTED : DropReason.OUT_EXPIRED,
                    sa,
                    nowNanos);
            return false;
        }
        state.count(Total.PACKETS_OUT, 1);
        state.count(Total.BYTES_OUT, inner);
        return true;
    }

    private void answerTooBig(ChildSa sa, PacketBuffer packet, int mtu, PacketBatch toTun, long nowNanos) {
        if (toTun.isFull() || !tooBigLimit.allows(nowNanos)) {
            return;
        }
        PacketBuffer answer = toTun.add();
        Translator translator = sa.translator();
        if (TooBigAnswer.write(packet.array, packet.offset, mtu, answer)
                && (translator == null || translation.toHosts(translator, answer, nowNanos))) {
            state.count(Total.TOO_BIG_ANSWERS, 1);
        } else {
            toTun.size(toTun.size() - 1);
        }
    }

    private void acquire(Spd spd, int policy, Policy.Protect protect, long nowNanos) {
        if (spd != acquireSpd) {
            acquireSpd = spd;
            acquireNanos = new long[spd.policies().size()];
            Arrays.fill(acquireNanos, nowNanos);
        }
        if (nowNanos - acquireNanos[policy] >= 0) {
            acquireNanos[policy] = nowNanos + ACQUIRE_INTERVAL_NANOS;
            state.tell(new DataPathEvent.Acquire(protect.tunnel(), protect.child(), flow.source(), flow.destination()));
        }
    }

    private void drop(DropReason reason, @Nullable ChildSa sa, long nowNanos) {
        state.drop(reason);
        if (state.mayAudit(reason, nowNanos)) {
            state.audit(reason, sa == null ? 0 : sa.out().spi(), 0, null, false, sa, flow.source(), flow.destination());
        }
    }
}
