package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.PeerPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An INFORMATIONAL exchange that is about the path it takes: the peer is where it is asked, for it gives our COOKIE2 back
 * (RFC 4555 §3.7). A path that changed meanwhile is asked for anew.
 */
abstract class PathExchange implements Exchange {
    private @Nullable PeerPath asked;
    private @Nullable NotifyPayload cookie;

    /** What it is to the peer, for people. */
    abstract String name();

    /** Payloads in front of COOKIE2. */
    abstract List<Payload> introduction(IkeSa sa);

    /** The same exchange for the path that there is now. */
    abstract PathExchange again();

    /** The peer answered on that path, which still holds. */
    abstract void answered(IkeSa sa, PeerPath path, IkeMessage response, long nowNanos);

    @Override
    public final ExchangeType type() {
        return ExchangeType.INFORMATIONAL;
    }

    @Override
    public final boolean concernsChildren() {
        return false;
    }

    @Override
    public final Optional<List<Payload>> request(IkeSa sa, long nowNanos) {
        if (!sa.state().isUsable()) {
            return Optional.empty();
        }
        NotifyPayload fresh = Mobike.cookie(sa);
        asked = sa.path();
        cookie = fresh;
        List<Payload> payloads = new ArrayList<>(introduction(sa));
        payloads.add(fresh);
        return Optional.of(payloads);
    }

    @Override
    public final void response(IkeSa sa, IkeMessage response, long nowNanos) {
        PeerPath path = asked;
        NotifyPayload sent = cookie;
        if (path == null || sent == null || !sa.state().isUsable()) {
            return;
        }
        if (!Mobike.returns(sent, response)) {
            sa.close(
                    CloseCause.failed(Failures.protocol("the peer answered " + name() + " without our COOKIE2")),
                    nowNanos);
        } else if (path.equals(sa.path())) {
            answered(sa, path, response, nowNanos);
        } else {
            sa.enqueueFirst(again());
        }
    }
}
