package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.auth.AuthenticationMethod;
import dev.culvert.ike.v1.message.Attribute;
import dev.culvert.ike.v1.message.DeletePayload;
import dev.culvert.ike.v1.message.ExchangeType;
import dev.culvert.ike.v1.message.FragmentPayload;
import dev.culvert.ike.v1.message.HashPayload;
import dev.culvert.ike.v1.message.IdPayload;
import dev.culvert.ike.v1.message.IsakmpHeader;
import dev.culvert.ike.v1.message.KePayload;
import dev.culvert.ike.v1.message.NoncePayload;
import dev.culvert.ike.v1.message.NotifyPayload;
import dev.culvert.ike.v1.message.NotifyType;
import dev.culvert.ike.v1.message.ProposalPayload;
import dev.culvert.ike.v1.message.ProtocolId;
import dev.culvert.ike.v1.message.SaPayload;
import dev.culvert.ike.v1.message.TransformPayload;
import dev.culvert.ike.v1.message.V1Decoded;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.message.V1Payload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines 41 to 45 of the bad inputs, of which 43 is refused on admission. */
class IkeV1BadInputsTest {
    private static final int ESP_NULL_AUTH_AES_GMAC = 23;

    /** HDR, SA, KE, Ni, IDii, with a public value and a nonce that are none too good. */
    private static V1Message aggressive(IkeV1Peer peer, SaPayload sa) {
        return V1Message.of(
                peer.header(ExchangeType.AGGRESSIVE, 0),
                List.of(
                        sa,
                        new KePayload(Bytes.of(new byte[] {2})),
                        new NoncePayload(Bytes.of(new byte[32])),
                        IdPayload.of(Identity.ID_FQDN, Bytes.utf8("peer.example"))));
    }

    private static SaPayload good() {
        return IkeV1Peer.offer(IkeV1Peer.SUITE, AuthenticationMethod.PRE_SHARED_KEY);
    }

    private static List<NotifyType> notifies(V1Message message) {
        return message.all(NotifyPayload.class).stream()
                .flatMap(notify -> notify.type().stream())
                .toList();
    }

    /** Nothing that was computed with the key goes to who asks for it, the answer is short, and nothing is kept. */
    @Test
    void line41_aggressiveModeWithAPreSharedKeyIsRefusedUnlessTheTunnelNamesIt() {
        IkeV1Peer peer = new IkeV1Peer(Phase1Mode.MAIN);
        V1Message request = aggressive(peer, good());
        peer.say(request);
        assertThat(peer.received).hasSize(1);
        assertThat(peer.received.getFirst()).hasSizeLessThan(request.encode().length);
        assertThat(((V1Decoded.Ok) V1Message.decode(peer.received.getFirst()))
                        .message()
                        .payloads())
                .hasSize(1)
                .first()
                .isInstanceOf(NotifyPayload.class);
        assertThat(peer.endpoint.halfOpenIkeSas()).isZero();
        assertThat(peer.audit).anySatisfy(record -> assertThat(record.message()).contains("aggressive mode"));
    }

    @ParameterizedTest
    @EnumSource(names = {"RSA_ENCRYPTION", "REVISED_RSA_ENCRYPTION", "DSS_SIGNATURES"})
    void line42_encryptionByRsaIsNoProposal(AuthenticationMethod method) {
        IkeV1Peer peer = new IkeV1Peer();
        peer.say(V1Message.of(peer.header(ExchangeType.MAIN, 0), List.of(IkeV1Peer.offer(IkeV1Peer.SUITE, method))));
        assertThat(peer.received).hasSize(1);
        assertThat(notifies(((V1Decoded.Ok) V1Message.decode(peer.received.getFirst())).message()))
                .containsExactly(NotifyType.NO_PROPOSAL_CHOSEN);
        assertThat(peer.endpoint.halfOpenIkeSas()).isZero();
    }

    private static IkeV1Peer up() {
        IkeV1Peer peer = new IkeV1Peer().establish();
        peer.quickMode(0x1001, peer.childOffer(), peer.ourNetwork(), peer.theirNetwork());
        assertThat(peer.installed).as("%s", peer.audit).hasSize(1);
        peer.received.clear();
        peer.audit.clear();
        return peer;
    }

    /** CVE-2019-10155, CVE-2020-1763, CVE-2009-0790: without its HASH a Delete or a notify is nobody's. */
    @Test
    void line44_informationalExchangesWithoutTheirHashChangeNothing() {
        IkeV1Peer peer = up();
        V1Payload deleteSa = DeletePayload.ofIsakmp(peer.cookies());
        V1Payload deleteChild = DeletePayload.ofChildren(ProtocolId.ESP, List.of(IkeV1Peer.ESP_SPI));
        V1Payload refusal = NotifyPayload.ofIsakmp(NotifyType.AUTHENTICATION_FAILED, peer.cookies(), Bytes.EMPTY);
        V1Payload question = NotifyPayload.ofIsakmp(NotifyType.R_U_THERE, peer.cookies(), Bytes.ofInt(1));
        int drops = 0;
        for (V1Payload payload : List.of(deleteSa, deleteChild, refusal, question)) {
            peer.say(V1Message.of(peer.header(ExchangeType.INFORMATIONAL, 0x2001), List.of(payload)));
            peer.inform(0x2002, Optional.empty(), payload);
            peer.inform(0x2003, Optional.of(new HashPayload(Bytes.EMPTY)), payload);
            peer.inform(0x2004, Optional.of(new HashPayload(Bytes.of(new byte[32]))), payload);
            peer.inform(0x2005, Optional.of(peer.hashOf(0x2006, payload)), payload);
            peer.inform(0x2007, Optional.of(peer.hashOf(0x2007)), payload);
            // the right one, of another message
            peer.inform(0x2008, Optional.of(peer.hashOf(0x2008, deleteSa, deleteChild)), payload);
            assertThat(peer.installed).hasSize(1);
            assertThat(peer.endpoint.establishedIkeSas()).isEqualTo(1);
            assertThat(peer.received).isEmpty();
            assertThat(peer.drops()).hasSizeGreaterThanOrEqualTo(drops += 6);
        }
        peer.inform(0x2009, Optional.of(peer.hashOf(0x2009, deleteChild)), deleteChild);
        assertThat(peer.installed).as("with its HASH it counts").isEmpty();
        peer.inform(0x200a, Optional.of(peer.hashOf(0x200a, deleteSa)), deleteSa);
        assertThat(peer.endpoint.establishedIkeSas()).isZero();
    }

    /** Nor is there an exchange of phase 2 before phase 1 is over (CVE-2018-10731 and others of their kind). */
    @Test
    void line44_informationalExchangesInPhase1ChangeNothing() {
        IkeV1Peer peer = new IkeV1Peer();
        peer.say(V1Message.of(peer.header(ExchangeType.MAIN, 0), List.of(good())));
        byte[] answer = peer.received.removeFirst();
        IsakmpHeader header = IsakmpHeader.of(
                IkeV1Peer.COOKIE, IkeV1Peer.headerOf(answer).responderCookie(), ExchangeType.INFORMATIONAL, 7);
        V1Message delete = V1Message.of(header, List.of(DeletePayload.ofIsakmp(header.cookies())));
        peer.say(delete);
        peer.say(delete.encode(Bytes.of(new byte[48])));
        peer.say(V1Message.of(header, List.of(new HashPayload(Bytes.of(new byte[32]))))
                .encode(Bytes.of(new byte[64])));
        assertThat(peer.received).isEmpty();
        assertThat(peer.endpoint.halfOpenIkeSas()).isEqualTo(1);
        assertThat(peer.drops()).isNotEmpty();
    }

    /** CVE-2023-38711: an identity that is no network is refused, and the next quick mode is as good as ever. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 9, 10, 11, 12, 99, 255})
    void line45_idcrOfTheWrongType(int type) {
        IkeV1Peer peer = new IkeV1Peer().establish();
        IdPayload wrong = IdPayload.of(type, Bytes.utf8("gateway.example"));
        peer.quickMode(0x3001, peer.childOffer(), peer.ourNetwork(), wrong);
        peer.quickMode(0x3002, peer.childOffer(), wrong, peer.theirNetwork());
        assertThat(peer.installed).isEmpty();
        assertThat(peer.informed())
                .isNotEmpty()
                .allSatisfy(
                        message -> assertThat(notifies(message)).containsExactly(NotifyType.INVALID_ID_INFORMATION));
        peer.received.clear();
        peer.quickMode(0x3003, peer.childOffer(), peer.ourNetwork(), peer.theirNetwork());
        assertThat(peer.installed).hasSize(1);
    }

    /** CVE-2024-3652: a cipher that needs a key length, with none, with zero and with one that it has not. */
    @Test
    void line45_gmacAndOthersWithoutAKeyLength() {
        IkeV1Peer peer = new IkeV1Peer().establish();
        int messageId = 0x4001;
        TransformPayload model =
                peer.childOffer().proposals().getFirst().transforms().getFirst();
        List<Attribute> others = model.attributes().stream()
                .filter(attribute -> attribute.type() != 6)
                .toList();
        for (int transform : new int[] {ESP_NULL_AUTH_AES_GMAC, 12, 20}) {
            for (int length : new int[] {-1, 0, 1, 127, 65535}) {
                List<Attribute> attributes = new ArrayList<>(others);
                if (length >= 0) {
                    attributes.add(Attribute.of(6, length));
                }
                SaPayload offer = new SaPayload(List.of(new ProposalPayload(
                        1,
                        ProtocolId.ESP,
                        Bytes.ofInt(IkeV1Peer.ESP_SPI),
                        List.of(new TransformPayload(1, transform, attributes)))));
                peer.received.clear();
                peer.quickMode(messageId++, offer, peer.ourNetwork(), peer.theirNetwork());
                assertThat(peer.installed)
                        .as("transform %d, %d bits", transform, length)
                        .isEmpty();
                assertThat(peer.informed())
                        .singleElement()
                        .satisfies(message ->
                                assertThat(notifies(message)).containsExactly(NotifyType.NO_PROPOSAL_CHOSEN));
            }
        }
        peer.quickMode(messageId, peer.childOffer(), peer.ourNetwork(), peer.theirNetwork());
        assertThat(peer.installed).hasSize(1);
    }

    /** CVE-2015-3204: another DOI, and bits of the situation that nobody knows. */
    @Test
    void line45_unknownDoiAndSituation() {
        IkeV1Peer peer = new IkeV1Peer();
        byte[] request =
                V1Message.of(peer.header(ExchangeType.MAIN, 0), List.of(good())).encode();
        // the SA payload's generic header is at 28, its DOI at 32, its situation at 36
        for (int at = 32; at < 40; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = request.clone();
                changed[at] ^= (byte) (1 << bit);
                peer.received.clear();
                peer.say(changed);
                assertThat(peer.endpoint.halfOpenIkeSas()).isZero();
                assertThat(peer.received.stream()
                                .mapToInt(answer -> answer.length)
                                .sum())
                        .isLessThanOrEqualTo(changed.length);
            }
        }
        assertThat(peer.establish().endpoint.establishedIkeSas()).isEqualTo(1);
    }

    /** CVE-2023-30570: a refused aggressive mode leaves nothing that a later message could be of. */
    @Test
    void line45_aRefusedAggressiveModeAndItsSpiAgain() {
        IkeV1Peer peer = new IkeV1Peer(Phase1Mode.AGGRESSIVE);
        SaPayload unknown = IkeV1Peer.offer("3des-sha1-modp1024", AuthenticationMethod.PRE_SHARED_KEY);
        peer.say(aggressive(peer, unknown));
        assertThat(peer.received).hasSize(1);
        long cookie = IkeV1Peer.headerOf(peer.received.getFirst()).responderCookie();
        peer.received.clear();
        for (ExchangeType type : ExchangeType.values()) {
            for (long responder : new long[] {cookie, 1}) {
                IsakmpHeader header = IsakmpHeader.of(IkeV1Peer.COOKIE, responder, type, 0);
                peer.say(V1Message.of(header, List.of(new HashPayload(Bytes.of(new byte[32])))));
                peer.say(V1Message.of(header, List.of(new HashPayload(Bytes.of(new byte[32]))))
                        .encode(Bytes.of(new byte[64])));
            }
        }
        assertThat(peer.received).isEmpty();
        assertThat(peer.endpoint.halfOpenIkeSas()).isZero();

        // good proposals and a public value that is none: the SA is begun and goes at once
        peer.say(aggressive(peer, good()));
        assertThat(peer.endpoint.halfOpenIkeSas()).isZero();
        assertThat(peer.endpoint.establishedIkeSas()).isZero();
    }

    /** CVE-2013-6076, CVE-2016-10396: fragments of nothing, without end, and of nobody cost nothing that stays. */
    @Test
    void line45_fragmentsAreBounded() {
        IkeV1Peer peer = up();
        for (int i = 0; i < 2000; i++) {
            FragmentPayload fragment =
                    new FragmentPayload(i % 7, 1 + i % 255, i % 3 == 0, Bytes.of(new byte[1 + i % 1000]));
            byte[] message = V1Message.of(peer.header(ExchangeType.MAIN, 0), List.of(fragment))
                    .encode();
            peer.say(message);
            peer.say(V1Message.of(IsakmpHeader.of(i + 1L, i, ExchangeType.QUICK, i), List.of(fragment)));
        }
        // its length says that there is nothing in it
        FragmentPayload least = new FragmentPayload(1, 1, true, Bytes.of(new byte[1]));
        byte[] empty =
                V1Message.of(peer.header(ExchangeType.MAIN, 0), List.of(least)).encode();
        empty = Arrays.copyOf(empty, empty.length - 1);
        empty[27]--;
        empty[31]--;
        peer.say(empty);
        assertThat(peer.received).isEmpty();
        assertThat(peer.installed).hasSize(1);
        peer.quickMode(0x5001, peer.childOffer(), peer.ourNetwork(), peer.theirNetwork());
        assertThat(peer.received).isNotEmpty();
    }
}
