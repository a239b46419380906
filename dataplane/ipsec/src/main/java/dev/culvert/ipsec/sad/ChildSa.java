package dev.culvert.ipsec.sad;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.PacketCiphers;
import dev.culvert.crypto.PacketMac;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ipsec.ah.AhIcv;
import dev.culvert.ipsec.mtu.DontFragment;
import dev.culvert.ipsec.mtu.PathMtus;
import dev.culvert.ipsec.mtu.SizePolicy;
import dev.culvert.ipsec.mtu.TooBigReport;
import dev.culvert.ipsec.replay.ReplayWindow;
import dev.culvert.ipsec.spd.SelectorSet;
import dev.culvert.ipsec.translate.Translator;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.UdpAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A pair of SAs with its ciphers, counters and windows. Each direction is owned by the worker that carries it; what both
 * and the control thread share is volatile.
 */
public final class ChildSa {
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final long number = NUMBERS.incrementAndGet();
    private final SaParameters parameters;
    private final long installedNanos;
    private final SelectorSet local;
    private final SelectorSet remote;
    private final InboundSa in;
    private final OutboundSa out;
    private volatile OuterPath path;
    private volatile SizePolicy sizes;
    private int reportedMtu = PathMtus.UNKNOWN;
    private volatile Lifetime lifetime;
    private volatile boolean outboundDeferred;
    private volatile @Nullable Translator translator;

    private ChildSa(
            SaParameters parameters, Opener opener, Sealer sealer, long lastSent, long lastReceived, long nowNanos) {
        this.parameters = parameters;
        lifetime = parameters.lifetime();
        installedNanos = nowNanos;
        local = SelectorSet.of(parameters.local());
        remote = SelectorSet.of(parameters.remote());
        sizes = parameters.sizes();
        path = OuterPath.of(
                parameters,
                sizes,
                parameters.carrier(),
                parameters.outerLocal(),
                parameters.outerRemote(),
                parameters.outerMtu(),
                reportedMtu);
        outboundDeferred = parameters.outboundDeferred();
        ReplayWindow window =
                new ReplayWindow(parameters.replayWindow(), parameters.suite().esn(), lastReceived);
        in = new InboundSa(this, opener, window, nowNanos);
        out = new OutboundSa(this, sealer, lastSent, nowNanos);
    }

    /**
     * Sets the ciphers up; the parameters' keys may be closed afterwards.
     *
     * @throws IllegalArgumentException if the keys are not those of the suite
     */
    public static ChildSa create(SaParameters parameters, RandomSource random, long nowNanos) {
        return create(parameters, random, 0, 0, nowNanos);
    }

    /** As if packets had been sent and received: for tests only, since it repeats nonces (RFC 4106 §3.1). */
    static ChildSa create(
            SaParameters parameters, RandomSource random, long lastSent, long lastReceived, long nowNanos) {
        Opener opener = opener(parameters, random);
        try {
            return new ChildSa(parameters, opener, sealer(parameters, random), lastSent, lastReceived, nowNanos);
        } catch (RuntimeException e) {
            opener.close();
            throw e;
        }
    }

    private static Opener opener(SaParameters sa, RandomSource random) {
        return switch (sa.suite().protocol()) {
            case ESP ->
                new EspOpener(PacketCiphers.forChild(sa.suite(), sa.encryptionKeyIn(), sa.integrityKeyIn(), random));
            case AH -> new AhOpener(icv(sa.suite(), sa.integrityKeyIn()));
            case IKE -> throw new IllegalArgumentException("IKE has no child SA of its own");
        };
    }

    private static Sealer sealer(SaParameters sa, RandomSource random) {
        return switch (sa.suite().protocol()) {
            case ESP ->
                new EspSealer(PacketCiphers.forChild(sa.suite(), sa.encryptionKeyOut(), sa.integrityKeyOut(), random));
            case AH -> new AhSealer(icv(sa.suite(), sa.integrityKeyOut()));
            case IKE -> throw new IllegalArgumentException("IKE has no child SA of its own");
        };
    }

    private static AhIcv icv(ChildSuite suite, SecretBytes key) {
        return new AhIcv(PacketMac.of(suite.integrity().orElseThrow(), key), suite.esn());
    }

    /** Names, SPIs, suite and selectors; the keys in it may be closed. */
    public SaParameters parameters() {
        return parameters;
    }

    /** Counts up with each pair that is made. */
    public long number() {
        return number;
    }

    public InboundSa in() {
        return in;
    }

    public OutboundSa out() {
        return out;
    }

    /** Selectors of our side. */
    public SelectorSet local() {
        return local;
    }

    /** Selectors of the peer's side. */
    public SelectorSet remote() {
        return remote;
    }

    /** What gives inner packets the addresses that our hosts know, or null. */
    public @Nullable Translator translator() {
        return translator;
    }

    /** From now on. Control thread. */
    public void translate(@Nullable Translator by) {
        translator = by;
    }

    public OuterPath path() {
        return path;
    }

    /**
     * Sends over another path from now on. Control thread.
     *
     * @param linkMtu of the device, in bytes
     */
    public void move(Carrier carrier, UdpAddress outerLocal, UdpAddress outerRemote, int linkMtu) {
        path = OuterPath.of(parameters, sizes, carrier, outerLocal, outerRemote, linkMtu, reportedMtu);
    }

    /** Takes up another MTU of the device and other settings. Control thread. */
    public void resize(int linkMtu, SizePolicy changed) {
        sizes = changed;
        OuterPath now = path;
        move(now.carrier(), now.local(), now.remote(), linkMtu);
    }

    /** Takes up what is known of the path's MTU, {@link PathMtus#UNKNOWN} included. Control thread. */
    public void reported(int pathMtu) {
        if (pathMtu != reportedMtu) {
            reportedMtu = pathMtu;
            OuterPath now = path;
            move(now.carrier(), now.local(), now.remote(), now.linkMtu());
        }
    }

    /** Whether a router's report is about a packet of this SA, and one that routers are asked to report on. */
    public boolean isAbout(TooBigReport report) {
        OuterPath now = path;
        IpAddress local = now.local().address();
        boolean inUdp = now.carrier() == Carrier.UDP;
        return report.remote().equals(now.remote())
                && (local.isAny() || report.local().address().equals(local))
                && report.protocol() == (inUdp ? IpProtocol.UDP : out.protocol())
                && (report.spi() == out.spi() || (inUdp && report.spi() == 0))
                && wantsReports(now);
    }

    /** Whether routers may not fragment its packets; otherwise they have nothing to tell, and somebody else may. */
    private boolean wantsReports(OuterPath now) {
        // In TCP they are the kernel's.
        return now.carrier() != Carrier.TCP
                && (!now.remote().address().isV4()
                        || now.dontFragment() != DontFragment.CLEAR
                        || (parameters.mode() == SaMode.TRANSPORT && now.carrier() == Carrier.IP));
    }

    /** The limits that hold now. Any thread. */
    public Lifetime lifetime() {
        return lifetime;
    }

    /** Sets other limits; what has expired stays so. Control thread. */
    public void limit(Lifetime changed) {
        lifetime = changed;
    }

    /** Whether outbound traffic prefers an older SA ({@link SaParameters#outboundDeferred}). */
    public boolean outboundDeferred() {
        return outboundDeferred;
    }

    /** Ends the deferral: the peer uses the pair, or IKE knows that the peer has installed it. Any thread. */
    public void activateOutbound() {
        if (outboundDeferred) {
            outboundDeferred = false;
        }
    }

    /** Ends both directions because their time is over. */
    public void expireBySeconds() {
        in.meter().expireBySeconds();
        out.meter().expireBySeconds();
    }

    /** Forgets the keys. No worker may use the pair any more. */
    public void close() {
        in.close();
        out.close();
    }

    public SaSnapshot snapshot() {
        OuterPath now = path;
        return new SaSnapshot(
                parameters.tunnel(),
                parameters.child(),
                parameters.suite(),
                parameters.local(),
                parameters.remote(),
                parameters.mode(),
                now.carrier(),
                now.local(),
                now.remote(),
                now.linkMtu(),
                now.outerMtu(),
                now.innerMtu(),
                parameters.replayWindow(),
                lifetime,
                installedNanos,
                in.snapshot(),
                out.snapshot());
    }
}
