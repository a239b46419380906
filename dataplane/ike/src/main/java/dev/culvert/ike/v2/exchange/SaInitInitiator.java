package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.endpoint.Childless;
import dev.culvert.ike.endpoint.Encapsulation;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.PostQuantumKey;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.KePayload;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.Initiation;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.ike.sa.SaKeys;
import dev.culvert.ike.v2.auth.Handshake;
import dev.culvert.ike.v2.auth.PeerAbilities;
import dev.culvert.ike.v2.keymat.IkeKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * IKE_SA_INIT of the initiator (RFC 7296 §1.2):
 *
 * <pre>
 * HDR, [N(COOKIE)], SAi1, KEi, Ni, N(NAT_DETECTION_SOURCE_IP), N(NAT_DETECTION_DESTINATION_IP)  --&gt;
 *                        &lt;--  HDR, SAr1, KEr, Nr, N(NAT_DETECTION_SOURCE_IP), N(NAT_DETECTION_DESTINATION_IP)
 * </pre>
 *
 * Nothing in a response is authenticated, so an error only leads to waiting for a better response (§2.21.1), and the
 * peer's wishes (COOKIE §2.6, INVALID_KE_PAYLOAD §1.2) are followed a bounded number of times (§2.6.1).
 */
public final class SaInitInitiator implements Initiation {
    static final int NONCE_LENGTH = 32;
    /** How often the request is changed at the peer's wish; one cookie and one group are the ordinary case. */
    private static final int MAX_CHANGES = 6;
    /** Where the peer listens with NAT traversal if it listens at {@link #IKE_PORT} without (RFC 7296 §2.23). */
    static final int NAT_PORT = 4500;

    private static final int IKE_PORT = 500;

    private final TunnelConfig config;
    private final Bytes ni;
    private KeyExchange keyExchange;
    private Optional<Bytes> cookie = Optional.empty();
    private byte[] request = new byte[0];
    private int changes;
    private Optional<Failure> heard = Optional.empty();

    private SaInitInitiator(TunnelConfig config, Bytes ni, KeyExchange keyExchange) {
        this.config = config;
        this.ni = ni;
        this.keyExchange = keyExchange;
    }

    /** @throws IllegalArgumentException if the first proposal has no key exchange */
    public static SaInitInitiator of(TunnelConfig config, RandomSource random) {
        KeyExchangeMethod first = offered(config).stream()
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no IKE proposal has a key exchange"));
        return new SaInitInitiator(config, Bytes.of(random.bytes(NONCE_LENGTH)), KeyExchange.generate(first, random));
    }

    @Override
    public void start(IkeSa sa, long nowNanos) {
        List<Payload> payloads = new ArrayList<>();
        cookie.ifPresent(c -> payloads.add(NotifyPayload.of(NotifyType.COOKIE, c)));
        payloads.add(Proposals.offer(config.ikeProposals(), Bytes.EMPTY));
        payloads.add(new KePayload(keyExchange.method().id(), Bytes.of(keyExchange.publicValue())));
        payloads.add(new NoncePayload(ni));
        payloads.addAll(NatDetection.notifies(
                sa.localSpi(),
                0,
                sa.path().local(),
                sa.path().remote(),
                config.encapsulation() == Encapsulation.ALWAYS,
                sa.context().random()));
        if (config.auth().hasCertificates()) {
            payloads.add(PeerAbilities.hashAlgorithms());
        }
        if (config.fragmentation().isOffered()) {
            payloads.add(NotifyPayload.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED));
        }
        if (config.ikeProposals().stream().anyMatch(Proposal::hasAdditionalKeyExchanges)) {
            payloads.add(NotifyPayload.of(NotifyType.INTERMEDIATE_EXCHANGE_SUPPORTED));
        }
        if (config.postQuantumKey().isPresent()) {
            payloads.add(NotifyPayload.of(NotifyType.USE_PPK));
        }
        IkeHeader header = IkeHeader.request(sa.localSpi(), 0, ExchangeType.IKE_SA_INIT, true, 0);
        request = new IkeMessage(header, payloads).encode();
        sa.sendInitial(request, nowNanos);
    }

    @Override
    public void received(IkeSa sa, IkeMessage response, IkeDatagram datagram, long nowNanos) {
        Optional<NotifyPayload> newCookie = response.notify(NotifyType.COOKIE);
        Optional<NotifyPayload> invalidKe = response.notify(NotifyType.INVALID_KE_PAYLOAD);
        Optional<NotifyPayload> error = response.errorNotify();
        if (newCookie.isPresent()) {
            returnCookie(sa, newCookie.get().data(), nowNanos);
        } else if (invalidKe.isPresent()) {
            changeKeyExchange(sa, invalidKe.get(), nowNanos);
        } else if (error.isPresent()) {
            trouble(sa, Failures.ike(error.get(), peer(sa), config.ikeProposals()), nowNanos);
        } else {
            agree(sa, response, datagram, nowNanos);
        }
    }

    @Override
    public Failure problem(IkeSa sa) {
        return heard.orElseGet(() -> new Failure(
                FailureKind.PEER_UNREACHABLE,
                Optional.empty(),
                peer(sa)
                        + (sa.path().isStream()
                                ? " does not answer IKE_SA_INIT by TCP: is that an IKE gateway, and does it know us?"
                                : " does not answer IKE_SA_INIT: is the address right, do UDP 500 and 4500 pass both"
                                        + " ways, and does the peer know us?")));
    }

    private void returnCookie(IkeSa sa, Bytes newCookie, long nowNanos) {
        if (newCookie.isEmpty() || newCookie.length() > 64 || !mayChange()) {
            return;
        }
        cookie = Optional.of(newCookie);
        start(sa, nowNanos);
    }

    private void changeKeyExchange(IkeSa sa, NotifyPayload notify, long nowNanos) {
        Optional<KeyExchangeMethod> wanted = notify.data().length() == 2
                ? KeyExchangeMethod.byId(notify.data().u16(0)).filter(offered(config)::contains)
                : Optional.empty();
        if (wanted.isEmpty()) {
            trouble(sa, Failures.ike(notify, peer(sa), config.ikeProposals()), nowNanos);
            return;
        }
        if (wanted.get() == keyExchange.method() || !mayChange()) {
            return;
        }
        keyExchange.close();
        keyExchange = KeyExchange.generate(wanted.get(), sa.context().random());
        start(sa, nowNanos);
    }

    private boolean mayChange() {
        return changes++ < MAX_CHANGES;
    }

    private void agree(IkeSa sa, IkeMessage response, IkeDatagram datagram, long nowNanos) {
        long responderSpi = response.header().responderSpi();
        Optional<SaPayload> answer = response.first(SaPayload.class);
        Optional<KePayload> ke = response.first(KePayload.class);
        Optional<NoncePayload> nr = response.first(NoncePayload.class);
        if (responderSpi == 0 || answer.isEmpty() || ke.isEmpty() || nr.isEmpty()) {
            trouble(sa, Failures.protocol(peer(sa) + " answered IKE_SA_INIT with payloads missing"), nowNanos);
            return;
        }
        Optional<Proposals.Agreed> agreed = Proposals.accept(answer.get(), config.ikeProposals());
        if (agreed.isEmpty()) {
            trouble(
                    sa,
                    new Failure(
                            FailureKind.NO_PROPOSAL_CHOSEN,
                            Optional.empty(),
                            peer(sa) + " answered with an IKE proposal that we did not make: "
                                    + Proposals.print(answer.get()) + " to our "
                                    + ProposalKeywords.print(config.ikeProposals())),
                    nowNanos);
            return;
        }
        IkeSuite suite = IkeSuite.of(agreed.get().chosen());
        if (suite.keyExchange() != keyExchange.method()
                || ke.get().method() != keyExchange.method().id()) {
            trouble(sa, Failures.protocol(peer(sa) + " answered with another key exchange than ours"), nowNanos);
            return;
        }
        if (!suite.additionalKeyExchanges().isEmpty() && !response.has(NotifyType.INTERMEDIATE_EXCHANGE_SUPPORTED)) {
            trouble(
                    sa,
                    Failures.protocol(peer(sa) + " chose additional key exchanges without IKE_INTERMEDIATE"),
                    nowNanos);
            return;
        }
        Optional<PostQuantumKey> ppk = config.postQuantumKey().filter(key -> response.has(NotifyType.USE_PPK));
        if (ppk.isEmpty()
                && config.postQuantumKey().filter(PostQuantumKey::required).isPresent()) {
            trouble(sa, Failures.withoutPpk(peer(sa)), nowNanos);
            return;
        }
        boolean childless = response.has(NotifyType.CHILDLESS_IKEV2_SUPPORTED);
        if (config.childless() == Childless.FORCE && !childless) {
            trouble(sa, Failures.withChildOnly(peer(sa)), nowNanos);
            return;
        }
        byte[] nonceR = nr.get().data().toArray();
        SaKeys keys;
        try (SecretBytes secret = keyExchange.agree(ke.get().data().toArray())) {
            keys = new SaKeys(
                    suite,
                    IkeKeys.initial(suite, secret, ni.toArray(), nonceR, sa.localSpi(), responderSpi),
                    true,
                    sa.context().random());
        } catch (InvalidPublicValueException e) {
            trouble(sa, Failures.protocol(peer(sa) + " sent a bad public value: " + e.getMessage()), nowNanos);
            return;
        }
        keyExchange.close();
        sa.path(path(sa, response, datagram));
        Mobike.isSeenElsewhere(sa, response);
        if (response.has(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED)) {
            sa.fragmentation(config.fragmentation());
        }
        Handshake handshake = new Handshake(
                Bytes.of(request), Bytes.of(datagram.message()), ni, Bytes.of(nonceR), PeerAbilities.of(response));
        sa.keysAgreed(
                responderSpi,
                keys,
                IntermediateInitiator.before(
                        new AuthInitiator(config, handshake, ppk, childless),
                        suite.additionalKeyExchanges(),
                        handshake));
    }

    /**
     * Both ports change before IKE_AUTH when a NAT is found, or made believe (RFC 7296 §2.23), and when one could come
     * with a later address (RFC 4555 §3.3).
     */
    private PeerPath path(IkeSa sa, IkeMessage response, IkeDatagram datagram) {
        NatDetection nat = NatDetection.of(response, datagram.local(), datagram.remote());
        PeerPath path = sa.path().withNat(nat.localBehindNat(), nat.remoteBehindNat());
        if (path.local().address().isAny()) {
            path = path.between(datagram.local().withPort(path.local().port()), path.remote());
        }
        boolean wanted = nat.localBehindNat()
                || nat.remoteBehindNat()
                || ((config.encapsulation() == Encapsulation.ALWAYS || config.mobike()) && nat.supported());
        boolean floats = wanted
                && path.remote().port() == IKE_PORT
                && path.local().port() == sa.context().config().ikePort();
        return floats
                ? path.between(
                        path.local().withPort(sa.context().config().natPort()),
                        path.remote().withPort(NAT_PORT))
                : path;
    }

    private void trouble(IkeSa sa, Failure failure, long nowNanos) {
        heard = Optional.of(failure);
        sa.owner().troubled(sa, failure, nowNanos);
    }

    private static String peer(IkeSa sa) {
        return sa.path().remote().toString();
    }

    private static List<KeyExchangeMethod> offered(TunnelConfig config) {
        return config.ikeProposals().stream()
                .map(Proposal::keyExchangeMethods)
                .flatMap(List::stream)
                .distinct()
                .toList();
    }
}
