package dev.culvert.ike.sa;

import dev.culvert.ike.endpoint.Fragmentation;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.Decrypted;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;

/** How one IKE SA's messages go out: whole or in fragments (RFC 7383), and what AUTH has to cover of them (RFC 9242). */
final class Sealing {
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int UDP_HEADER = 8;
    private static final int NON_ESP_MARKER = 4;

    private final IkeSa sa;
    private final SaContext context;
    private final IntAuth intAuth = new IntAuth();
    private Fragmentation fragmentation = Fragmentation.NONE;
    private boolean narrow;

    Sealing(IkeSa sa, SaContext context) {
        this.sa = sa;
        this.context = context;
    }

    /** Both sides take fragments, and this is how we make ours (RFC 7383 §2.3). */
    void agree(Fragmentation agreed) {
        fragmentation = agreed;
    }

    /** Goes on as with the SA that was rekeyed. */
    void inherit(Sealing old) {
        fragmentation = old.fragmentation;
        narrow = old.narrow;
    }

    boolean takesFragments() {
        return fragmentation.isOffered();
    }

    OutboundMessage seal(IkeMessage message) {
        if (message.header().is(ExchangeType.IKE_INTERMEDIATE)) {
            intAuth.add(sa.initiator(), sa.keys(), Decrypted.of(message));
        }
        return OutboundMessage.sealed(message, sa.keys().outbound(), longestMessage());
    }

    /** An IKE_INTERMEDIATE message of the peer came in its turn. */
    void opened(Decrypted intermediate) {
        intAuth.add(!sa.initiator(), sa.keys(), intermediate);
    }

    Bytes intAuth(int authMessageId) {
        return intAuth.value(authMessageId);
    }

    /** The message does not arrive, and fragments that are too long may be why (RFC 7383 §2.5.2). */
    void shorten(OutboundMessage message) {
        if (fragmentation.isSent()) {
            narrow = true;
            message.shorten(longestMessage());
        }
    }

    /** Octets from the IKE header on that a datagram may have before it is fragmented. */
    private int longestMessage() {
        // RFC 9329 §7.5: TCP has segments of its own.
        if (!fragmentation.isSent() || sa.path().isStream()) {
            return OutboundMessage.UNBOUNDED;
        }
        PeerPath path = sa.path();
        boolean v4 = path.remote().address().isV4();
        boolean marker = path.local().port() == context.config().natPort();
        int size = narrow && v4
                ? Math.min(Fragmentation.NARROW, fragmentation.datagramSize())
                : fragmentation.datagramSize();
        return size - (v4 ? IPV4_HEADER : IPV6_HEADER) - UDP_HEADER - (marker ? NON_ESP_MARKER : 0);
    }
}
