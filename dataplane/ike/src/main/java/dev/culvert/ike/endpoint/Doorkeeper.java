package dev.culvert.ike.endpoint;

import dev.culvert.ike.message.DecodeResult;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.v1.IkeV1;
import dev.culvert.ike.v1.message.IsakmpHeader;
import dev.culvert.ike.v2.exchange.SaInitResponder;
import java.util.Optional;

/**
 * Stands before an endpoint and looks at what strangers send it, so that a flood costs the endpoint nothing (RFC 8019
 * §4). While few come, it lets all of them pass. Beyond that, whoever asks for an IKE SA has to return a cookie first,
 * which the doorkeeper asks for and checks by itself; and what no tunnel can answer is dropped.
 *
 * <p>Without input or output of its own, and owned by one thread, which need not be the endpoint's: what it reads of the
 * endpoint it reads without waiting for it.
 */
public final class Doorkeeper {
    /** Requests that pass without a cookie: so many in a second, and at once. */
    private static final int PER_SECOND = 100;

    private static final int AT_ONCE = 200;

    /** Requests that no tunnel is for: a refusal, and what the log says, help a person, who needs few of them. */
    private static final int REFUSALS_PER_SECOND = 10;

    /** Messages that name an unknown SA: the endpoint answers fewer of them. */
    private static final int STRAYS_PER_SECOND = 100;

    private final TunnelIndex tunnels;
    private final HalfOpenTable<?> halfOpen;
    private final CookieJar cookies;
    private final IkeV1 v1;
    private final TokenBucket requests = new TokenBucket(PER_SECOND, AT_ONCE);
    private final TokenBucket refusals = new TokenBucket(REFUSALS_PER_SECOND, AT_ONCE);
    private final TokenBucket strays = new TokenBucket(STRAYS_PER_SECOND, STRAYS_PER_SECOND);

    Doorkeeper(TunnelIndex tunnels, HalfOpenTable<?> halfOpen, CookieJar cookies, IkeV1 v1) {
        this.v1 = v1;
        this.tunnels = tunnels;
        this.halfOpen = halfOpen;
        this.cookies = cookies;
    }

    /** What is to be done with a datagram. */
    public sealed interface Decision {
        /** The endpoint is to have it. */
        record Admit() implements Decision {}

        /** The sender is to have this IKE message, which asks it for a cookie. */
        record Answer(Output.Transmit cookie) implements Decision {}

        /** It is to be forgotten. */
        record Drop(Reason reason) implements Decision {}
    }

    /** Why a datagram went no further. */
    public enum Reason {
        /** So many come that those which no tunnel is for are not answered. */
        NO_TUNNEL("no-tunnel"),
        /** Too many that name an IKE SA which is not there. */
        UNKNOWN_SA("unknown-sa"),
        /** Too many that begin an IKE SA by a version of IKE that no tunnel open to anybody has, or that has no cookies. */
        TOO_MANY("too-many"),
        /** It cannot be read. */
        MALFORMED("malformed");

        private final String keyword;

        Reason(String keyword) {
            this.keyword = keyword;
        }

        /** For metrics. */
        public String keyword() {
            return keyword;
        }
    }

    private static final Decision ADMIT = new Decision.Admit();

    /** Decides about a datagram of a {@link Precedence#STRANGER}. */
    public Decision decide(IkeDatagram datagram, long nowNanos) {
        if (IsakmpHeader.isV1(datagram.message())) {
            return decideV1(datagram, nowNanos);
        }
        if (!IkeHeader.beginsSa(datagram.message())) {
            return strays.allows(nowNanos) ? ADMIT : new Decision.Drop(Reason.UNKNOWN_SA);
        }
        if (!tunnels.isOpenToAnybody()) {
            return noTunnel(nowNanos);
        }
        boolean few = requests.allows(nowNanos);
        // A TCP connection proves the return path as a cookie does (RFC 9329 §6.3).
        if (few && (datagram.isInStream() || !halfOpen.wantsCookie(datagram.remote(), 0))) {
            return ADMIT;
        }
        return withCookie(datagram, nowNanos);
    }

    /** Nobody may begin by this version of IKE; where nobody may by the other one either, all can be dropped unseen. */
    private Decision noTunnel(long nowNanos) {
        boolean openToAnybody = tunnels.isOpenToAnybody() || v1.isOpenToAnybody();
        return refusals.allows(nowNanos)
                ? ADMIT
                : new Decision.Drop(openToAnybody ? Reason.TOO_MANY : Reason.NO_TUNNEL);
    }

    /** IKEv1 has no cookies that could be asked for: there is a limit, and beyond it nobody gets in. */
    private Decision decideV1(IkeDatagram datagram, long nowNanos) {
        if (!IsakmpHeader.beginsSa(datagram.message())) {
            return strays.allows(nowNanos) ? ADMIT : new Decision.Drop(Reason.UNKNOWN_SA);
        }
        if (!v1.isOpenToAnybody()) {
            return noTunnel(nowNanos);
        }
        return requests.allows(nowNanos) && v1.hasRoomFor(datagram.remote())
                ? ADMIT
                : new Decision.Drop(Reason.TOO_MANY);
    }

    private Decision withCookie(IkeDatagram datagram, long nowNanos) {
        if (!(IkeMessage.decode(datagram.message()) instanceof DecodeResult.Ok(IkeMessage request))
                || !request.header().is(ExchangeType.IKE_SA_INIT)) {
            return new Decision.Drop(Reason.MALFORMED);
        }
        Optional<NoncePayload> ni = request.first(NoncePayload.class);
        if (ni.isEmpty()) {
            return new Decision.Drop(Reason.MALFORMED);
        }
        long spi = request.header().initiatorSpi();
        Optional<NotifyPayload> cookie = request.notify(NotifyType.COOKIE);
        if (cookie.isPresent()
                && cookies.isGood(cookie.get().data(), ni.get().data(), datagram.remote(), spi, nowNanos)) {
            return ADMIT;
        }
        byte[] fresh = cookies.bake(ni.get().data(), datagram.remote(), spi, nowNanos);
        return new Decision.Answer(Output.Transmit.answer(datagram, SaInitResponder.cookie(request, fresh)));
    }
}
