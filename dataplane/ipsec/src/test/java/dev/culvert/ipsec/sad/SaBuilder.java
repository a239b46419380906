package dev.culvert.ipsec.sad;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ipsec.mtu.SizePolicy;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.util.List;

/**
 * A pair of SAs for tests, between the networks 10.1.0.0/16, fd00:1::/32 (left) and 10.2.0.0/16, fd00:2::/32 (right),
 * with keys that follow from the SPIs. {@link #mirrored} is the same pair at the other gateway.
 */
public final class SaBuilder {
    public static final UdpAddress LEFT = UdpAddress.of("192.0.2.1", 4500);
    public static final UdpAddress RIGHT = UdpAddress.of("192.0.2.2", 4500);
    public static final List<TrafficSelector> LEFT_NETWORKS =
            List.of(TrafficSelector.parse("10.1.0.0/16"), TrafficSelector.parse("fd00:1::/32"));
    public static final List<TrafficSelector> RIGHT_NETWORKS =
            List.of(TrafficSelector.parse("10.2.0.0/16"), TrafficSelector.parse("fd00:2::/32"));

    /** Suites of every kind: AEAD, cipher with integrity, with and without extended sequence numbers. */
    public static final List<String> SUITES = List.of(
            "aes128gcm16",
            "aes192gcm16",
            "aes256gcm16",
            "chacha20poly1305",
            "aes128-sha1",
            "aes128-sha256",
            "aes128-sha256_96",
            "aes192-sha384",
            "aes256-sha512",
            "aes256gcm16-esn",
            "chacha20poly1305-esn",
            "aes128-sha256-esn",
            "aes128ctr-aesxcbc",
            "aes192ctr-aescmac-esn",
            "aes128ccm8",
            "aes192ccm12-esn",
            "aes256ccm16",
            "aes128gcm8",
            "aes256gcm12",
            "3des-sha256_96");

    /** Every algorithm of AH, and one of each kind with extended sequence numbers. */
    public static final List<String> AH_SUITES = List.of(
            "sha1", "sha256", "sha256_96", "sha384", "sha512", "aesxcbc", "aescmac", "sha256-esn", "aescmac-esn");

    private ChildSuite suite = suite("aes128gcm16");
    private String tunnel = "branch";
    private String child = "net";
    private int spiIn = 0x1001;
    private int spiOut = 0x2001;
    private SecretBytes[] keys = {};
    private List<TrafficSelector> local = LEFT_NETWORKS;
    private List<TrafficSelector> remote = RIGHT_NETWORKS;
    private SaMode mode = SaMode.TUNNEL;
    private boolean udp = true;
    private UdpAddress outerLocal = LEFT;
    private UdpAddress outerRemote = RIGHT;
    private int outerMtu = 1500;
    private int replayWindow = 64;
    private Lifetime lifetime = Lifetime.UNLIMITED;
    private SizePolicy sizes = SizePolicy.USUAL;
    private boolean deferred;

    public static ChildSuite suite(String keywords) {
        return ChildSuite.of(ProposalKeywords.parse(SecurityProtocol.ESP, keywords));
    }

    /** AH, which never goes in UDP. */
    public SaBuilder ah(String keywords) {
        return suite(ChildSuite.of(ProposalKeywords.parse(SecurityProtocol.AH, keywords)))
                .raw();
    }

    public SaBuilder suite(ChildSuite newSuite) {
        suite = newSuite;
        return this;
    }

    public SaBuilder suiteOf(String keywords) {
        return suite(suite(keywords));
    }

    public SaBuilder names(String newTunnel, String newChild) {
        tunnel = newTunnel;
        child = newChild;
        return this;
    }

    public SaBuilder spis(int in, int out) {
        spiIn = in;
        spiOut = out;
        return this;
    }

    /** The same keys in both directions. */
    public SaBuilder keys(byte[] encryption, byte[] integrity) {
        keys = new SecretBytes[] {SecretBytes.copyOf(encryption), SecretBytes.copyOf(integrity)};
        return this;
    }

    public SaBuilder selectors(List<TrafficSelector> newLocal, List<TrafficSelector> newRemote) {
        local = newLocal;
        remote = newRemote;
        return this;
    }

    /** Whole IP packets instead of UDP. */
    public SaBuilder raw() {
        udp = false;
        return this;
    }

    /** Between the gateways themselves. */
    public SaBuilder transport() {
        mode = SaMode.TRANSPORT;
        return selectors(List.of(host(outerLocal)), List.of(host(outerRemote)));
    }

    public SaBuilder outer(UdpAddress newLocal, UdpAddress newRemote) {
        outerLocal = newLocal;
        outerRemote = newRemote;
        return this;
    }

    private static TrafficSelector host(UdpAddress address) {
        return TrafficSelector.of(IpPrefix.host(address.address()));
    }

    public SaBuilder outerMtu(int bytes) {
        outerMtu = bytes;
        return this;
    }

    public SaBuilder replayWindow(int packets) {
        replayWindow = packets;
        return this;
    }

    public SaBuilder lifetime(Lifetime newLifetime) {
        lifetime = newLifetime;
        return this;
    }

    public SaBuilder sizes(SizePolicy policy) {
        sizes = policy;
        return this;
    }

    public SaBuilder deferred() {
        deferred = true;
        return this;
    }

    /** Of the left gateway. */
    public SaParameters build() {
        return new SaParameters(
                tunnel,
                child,
                spiIn,
                spiOut,
                suite,
                encryption(spiIn),
                integrity(spiIn),
                encryption(spiOut),
                integrity(spiOut),
                local,
                remote,
                mode,
                udp ? Carrier.UDP : Carrier.IP,
                outerLocal,
                outerRemote,
                outerMtu,
                replayWindow,
                lifetime,
                sizes,
                deferred);
    }

    /** Of the right gateway. */
    @SuppressWarnings("ArgumentSelectionDefectChecker") // That is the point of it.
    public SaParameters mirrored() {
        return new SaParameters(
                tunnel,
                child,
                spiOut,
                spiIn,
                suite,
                encryption(spiOut),
                integrity(spiOut),
                encryption(spiIn),
                integrity(spiIn),
                remote,
                local,
                mode,
                udp ? Carrier.UDP : Carrier.IP,
                outerRemote,
                outerLocal,
                outerMtu,
                replayWindow,
                lifetime,
                sizes,
                deferred);
    }

    /** As if packets had been sent and received already. */
    public static ChildSa inProgress(SaParameters parameters, long lastSent, long lastReceived) {
        return ChildSa.create(parameters, RandomSource.seeded(1), lastSent, lastReceived, 0);
    }

    private SecretBytes encryption(int spi) {
        return keys.length > 0 ? keys[0] : key(spi, suite.encryptionKeyLength());
    }

    private SecretBytes integrity(int spi) {
        return keys.length > 0 ? keys[1] : key(~spi, suite.integrityKeyLength());
    }

    private static SecretBytes key(int seed, int length) {
        return SecretBytes.wrap(RandomSource.seeded(seed).bytes(length));
    }
}
