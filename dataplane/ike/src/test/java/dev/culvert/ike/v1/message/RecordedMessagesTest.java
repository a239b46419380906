package dev.culvert.ike.v1.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.keymat.CapturedSession;
import dev.culvert.ike.v1.keymat.CipherChain;
import dev.culvert.ike.v1.keymat.IsakmpKeys;
import dev.culvert.ike.v1.proposal.Phase1Proposals;
import dev.culvert.ike.v1.proposal.Phase2Proposals;
import dev.culvert.wire.TrafficSelector;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages of other implementations are read to the last octet, and written as they were. */
class RecordedMessagesTest {
    static Stream<CapturedSession> sessions() {
        return Stream.concat(CapturedSession.all().stream(), CapturedSession.cisco().stream());
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void sessionsAreReadAndWrittenAgain(CapturedSession session) {
        for (V1Message message : all(session)) {
            assertThat(V1Message.of(message.header(), message.payloads())).isEqualTo(message);
            assertThat(message.payloads()).noneMatch(UnknownPayload.class::isInstance);
        }
    }

    @Test
    void ciscoInMainMode() {
        CapturedSession session = CapturedSession.read("cisco-main-psk.txt");
        assertThat(all(session).stream().map(RecordedMessagesTest::describe))
                .containsExactly(
                        "main mode: SA",
                        "main mode: SA, VID, VID",
                        "main mode: KE, NONCE",
                        "main mode: KE, NONCE",
                        "main mode: ID, HASH",
                        "main mode: ID, HASH",
                        "quick mode: HASH, SA, NONCE, ID, ID",
                        "quick mode: HASH, SA, NONCE, ID, ID",
                        "quick mode: HASH");
        V1Message offer = all(session).getFirst();
        assertThat(Phase1Proposals.describe(offer.first(SaPayload.class).orElseThrow()))
                .isEqualTo("aes128-sha1-modp1024 (pre-shared key, 28800 s)");
        V1Message answer = all(session).get(7);
        assertThat(Phase2Proposals.describe(answer.first(SaPayload.class).orElseThrow()))
                .startsWith("ESP aes128-sha1 (tunnel");
        assertThat(answer.all(IdPayload.class).stream().map(id -> id.selector().orElseThrow()))
                .containsExactly(TrafficSelector.parse("10.0.3.1/32"), TrafficSelector.parse("10.1.0.0/24"));
    }

    @Test
    void ciscoInAggressiveMode() {
        CapturedSession session = CapturedSession.read("cisco-aggressive-psk.txt");
        assertThat(all(session).stream().map(RecordedMessagesTest::describe))
                .containsExactly(
                        "aggressive mode: SA, KE, NONCE, ID",
                        "aggressive mode: SA, KE, NONCE, ID, VID, VID, HASH",
                        "aggressive mode: HASH",
                        "quick mode: HASH, SA, NONCE, ID, ID",
                        "quick mode: HASH, SA, NONCE, ID, ID",
                        "quick mode: HASH");
        assertThat(all(session).get(1).all(VendorIdPayload.class).stream()
                        .map(id -> id.known().orElseThrow()))
                .containsExactly(VendorId.XAUTH, VendorId.DPD);
    }

    /** Phase 1's hash and those of quick mode are right: so is what they are computed over. */
    @ParameterizedTest
    @MethodSource("dev.culvert.ike.v1.keymat.CapturedSession#cisco")
    void ciscosHashesAreRight(CapturedSession session) {
        List<V1Message> messages = all(session);
        IsakmpKeys keys = session.keys();
        List<V1Message> phaseOne = messages.stream()
                .filter(m -> m.header().messageId() == 0
                        && m.first(HashPayload.class).isPresent())
                .toList();
        boolean aggressive = phaseOne.getFirst().header().is(ExchangeType.AGGRESSIVE);
        V1Message ofInitiator = aggressive ? messages.getFirst() : phaseOne.getFirst();
        V1Message hashI = aggressive ? phaseOne.getLast() : ofInitiator;
        V1Message ofResponder = aggressive ? phaseOne.getFirst() : phaseOne.getLast();
        assertThat(keys.hashI(session.values(), id(ofInitiator)).matches(hash(hashI)))
                .isTrue();
        assertThat(keys.hashR(session.values(), id(ofResponder)).matches(hash(ofResponder)))
                .isTrue();

        List<V1Message> quick =
                messages.stream().filter(m -> m.header().is(ExchangeType.QUICK)).toList();
        int messageId = quick.getFirst().header().messageId();
        Bytes ni = quick.get(0).first(NoncePayload.class).orElseThrow().data();
        Bytes nr = quick.get(1).first(NoncePayload.class).orElseThrow().data();
        assertThat(keys.hash1(messageId, quick.get(0).octetsBehindFirst()).matches(hash(quick.get(0))))
                .isTrue();
        assertThat(keys.hash2(messageId, ni, quick.get(1).octetsBehindFirst()).matches(hash(quick.get(1))))
                .isTrue();
        assertThat(keys.hash3(messageId, ni, nr).matches(hash(quick.get(2)))).isTrue();
    }

    @Test
    void firstMessageOfWindows() throws IOException {
        V1Message message = firstMessage("windows");
        assertThat(describe(message)).isEqualTo("main mode: SA, VID, VID, VID, VID, VID, VID, VID, VID");
        assertThat(Phase1Proposals.describe(message.first(SaPayload.class).orElseThrow()))
                .isEqualTo(
                        "aes256-sha1-ecp384 (pre-shared key, 28800 s), aes128-sha1-ecp256 (pre-shared key, 28800 s), "
                                + "aes256-sha1-modp2048 (pre-shared key, 28800 s), 3des-sha1-modp2048 (pre-shared key, 28800 s), "
                                + "3des-sha1-modp1024 (pre-shared key, 28800 s)");
        assertThat(message.all(VendorIdPayload.class).stream().flatMap(id -> id.known().stream()))
                .containsExactly(VendorId.NAT_T_RFC_3947, VendorId.NAT_T_DRAFT_02_NEWLINE, VendorId.FRAGMENTATION);
    }

    @Test
    void firstMessageOfOpenswan() throws IOException {
        V1Message message = firstMessage("openswan");
        assertThat(describe(message)).isEqualTo("main mode: SA, VID, VID");
        assertThat(Phase1Proposals.describe(message.first(SaPayload.class).orElseThrow()))
                .isEqualTo("3des-md5-modp1024 (RSA signatures, 28800 s)");
        assertThat(message.all(VendorIdPayload.class).getLast().known()).contains(VendorId.DPD);
    }

    private static V1Message firstMessage(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(RecordedMessagesTest.class.getResourceAsStream("first-messages.txt"))) {
            String hex = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .findFirst()
                    .orElseThrow()
                    .substring(name.length() + 1);
            byte[] datagram = Bytes.ofHex(hex).toArray();
            V1Message message = ((V1Decoded.Ok) V1Message.decode(datagram)).message();
            assertThat(V1Message.of(message.header(), message.payloads()).encode())
                    .isEqualTo(datagram);
            return message;
        }
    }

    /** All messages of a session, opened, in their order but for informational ones, which come last. */
    private static List<V1Message> all(CapturedSession session) {
        List<V1Message> messages = new ArrayList<>(session.clearMessages());
        CipherChain phaseOne = session.keys().phaseOneChain(session.values());
        messages.addAll(session.openPhaseOne(phaseOne));
        for (ExchangeType type : List.of(ExchangeType.QUICK, ExchangeType.INFORMATIONAL)) {
            for (int messageId : session.messageIds(type)) {
                messages.addAll(session.open(session.keys().phaseTwoChain(phaseOne, messageId), messageId));
            }
        }
        assertThat(messages).hasSameSizeAs(session.recorded());
        return messages;
    }

    private static Bytes id(V1Message message) {
        return message.body(message.first(IdPayload.class).orElseThrow());
    }

    private static Bytes hash(V1Message message) {
        return message.first(HashPayload.class).orElseThrow().data();
    }

    private static String describe(V1Message message) {
        return ExchangeType.nameOf(message.header().exchangeTypeId()) + ": "
                + message.payloads().stream()
                        .map(payload -> PayloadType.nameOf(payload.typeId()))
                        .collect(Collectors.joining(", "));
    }
}
