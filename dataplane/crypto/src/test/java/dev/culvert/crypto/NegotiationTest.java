package dev.culvert.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NegotiationTest {
    @Test
    void theConfiguredOrderDecides() {
        Optional<Negotiation.Selected> selected = Negotiation.select(
                ike("aes128-sha256-modp2048", "aes256gcm16-aes128gcm16-prfsha256-prfsha384-modp2048-x25519"),
                ike("aes256gcm16-prfsha384-prfsha256-x25519-modp2048", "aes128-sha256-modp2048"));
        assertThat(selected).hasValueSatisfying(s -> {
            assertThat(s.offeredIndex()).isEqualTo(1);
            assertThat(s.chosen()).hasToString("aes256gcm16-prfsha384-x25519");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "aes256-sha256-x25519, aes128-sha256-x25519",
        "aes256-sha256-x25519, aes256-sha384-x25519",
        "aes256-sha256-x25519, aes256-sha256-ecp256",
        "aes256-sha256-prfsha384-x25519, aes256-sha256-x25519",
        "aes256gcm16-prfsha256-x25519, aes256-sha256-x25519",
        "aes256gcm16-prfsha256-x25519, chacha20poly1305-prfsha256-x25519"
    })
    void everyTypeHasToMatch(String offered, String configured) {
        assertThat(Negotiation.select(ike(offered), ike(configured))).isEmpty();
        assertThat(Negotiation.select(ike(configured), ike(offered))).isEmpty();
    }

    @Test
    void protocolsDoNotMix() {
        assertThat(Negotiation.select(esp("aes256gcm16"), ike("aes256gcm16-prfsha256-x25519")))
                .isEmpty();
    }

    @Test
    void nothingOfferedOrConfiguredIsNothingChosen() {
        assertThat(Negotiation.select(List.of(), ike("aes256-sha256-x25519"))).isEmpty();
        assertThat(Negotiation.select(ike("aes256-sha256-x25519"), List.of())).isEmpty();
        assertThat(Negotiation.select(
                        List.of(new Proposal(SecurityProtocol.IKE, List.of())), ike("aes256-sha256-x25519")))
                .isEmpty();
    }

    @Test
    void line08_missingAndExtraTypesAreNotChosen() {
        Proposal whole = ike("aes256-sha256-x25519").getFirst();
        for (TransformType type : List.of(
                TransformType.ENCRYPTION, TransformType.PRF, TransformType.INTEGRITY, TransformType.KEY_EXCHANGE)) {
            assertThat(Negotiation.select(List.of(whole.without(type)), List.of(whole)))
                    .as("without %s", type)
                    .isEmpty();
        }
        assertThat(Negotiation.select(List.of(with(whole, new Transform(13, 1, 0))), List.of(whole)))
                .isEmpty();
    }

    @Test
    void line08_badKeyLengthsAreNotChosen() {
        List<Proposal> configured = ike("aes256-sha256-x25519", "chacha20poly1305-prfsha256-x25519");
        for (int bits : new int[] {0, 1, 64, 255, 512, 0xffff}) {
            assertThat(Negotiation.select(List.of(offer(new Transform(1, 12, bits))), configured))
                    .isEmpty();
        }
        assertThat(Negotiation.select(List.of(offer(new Transform(1, 28, 256))), configured))
                .as("RFC 7634 section 4: no key length")
                .isEmpty();
    }

    @Test
    void duplicatesAreHarmless() {
        Proposal whole = ike("aes256-sha256-x25519").getFirst();
        Proposal doubled = with(whole, whole.transforms().toArray(Transform[]::new));
        assertThat(Negotiation.select(List.of(doubled), List.of(whole)))
                .hasValueSatisfying(s -> assertThat(s.chosen()).isEqualTo(whole));
    }

    /** RFC 7296 §3.3.6: a transform with an attribute that is not understood is passed over, not the proposal. */
    @Test
    void unknownAttributesSpoilOnlyTheirTransform() {
        Transform strange = new Transform(
                1, 12, 256, List.of(new TransformAttribute(TransformAttribute.FORMAT_TV | 77, new byte[2])));
        List<Proposal> configured = ike("aes256-aes128-sha256-x25519");
        assertThat(Negotiation.select(List.of(offer(strange)), configured)).isEmpty();
        assertThat(Negotiation.select(List.of(offer(strange, new Transform(1, 12, 128))), configured))
                .hasValueSatisfying(s -> assertThat(s.chosen()).hasToString("aes128-sha256-x25519"));
    }

    /** RFC 9370 §2.2.2: a type that is not understood makes the proposal unacceptable, unless NONE is among it. */
    @Test
    void additionalKeyExchangesAreDeclinedWhereThePeerAllowsIt() {
        Proposal whole = ike("aes256-sha256-x25519").getFirst();
        Transform mlKem768 = new Transform(6, 36, 0);
        Transform none = new Transform(6, 0, 0);
        assertThat(Negotiation.select(List.of(with(whole, mlKem768)), List.of(whole)))
                .isEmpty();
        assertThat(Negotiation.select(List.of(with(whole, mlKem768), whole), List.of(whole)))
                .hasValueSatisfying(s -> assertThat(s.offeredIndex()).isEqualTo(1));
        assertThat(Negotiation.select(List.of(with(whole, mlKem768, none)), List.of(whole)))
                .hasValueSatisfying(
                        s -> assertThat(s.chosen().transforms()).contains(none).doesNotContain(mlKem768));
    }

    @Test
    void additionalKeyExchangesAreNegotiatedTypeByType() {
        List<Proposal> configured = ike("aes256gcm16-prfsha384-x25519-ke1_mlkem1024-ke1_mlkem768-ke3_ecp384-ke3_none");
        assertThat(chosen(ike("aes256gcm16-prfsha384-x25519-ke1_mlkem768-ke3_ecp384"), configured))
                .isEqualTo("aes256gcm16-prfsha384-x25519-ke1_mlkem768-ke3_ecp384");
        assertThat(chosen(ike("aes256gcm16-prfsha384-x25519-ke1_mlkem768-ke1_mlkem1024"), configured))
                .isEqualTo("aes256gcm16-prfsha384-x25519-ke1_mlkem1024");
        assertThat(Negotiation.select(ike("aes256gcm16-prfsha384-x25519-ke2_mlkem768"), configured))
                .as("another type")
                .isEmpty();
        assertThat(Negotiation.select(ike("aes256gcm16-prfsha384-x25519"), configured))
                .as("NONE is no choice of ours")
                .isEmpty();
    }

    /** RFC 9370 §2.2.1. */
    @Test
    void noKeyExchangeIsChosenTwice() {
        assertThat(chosen(
                        ike("aes256gcm16-prfsha384-x25519-ke1_x25519-ke1_ecp256-ke2_ecp256-ke2_mlkem512"),
                        ike("aes256gcm16-prfsha384-x25519-ke1_x25519-ke1_ecp256-ke2_ecp256-ke2_mlkem512")))
                .isEqualTo("aes256gcm16-prfsha384-x25519-ke1_ecp256-ke2_mlkem512");
        Proposal sent =
                ike("aes256gcm16-prfsha384-x25519-ke1_x25519-ke1_ecp256").getFirst();
        assertThat(Negotiation.accept(
                        sent,
                        new Proposal(
                                SecurityProtocol.IKE,
                                sent.transforms().stream()
                                        .filter(t -> t.type() != 6 || t.id() == 31)
                                        .toList())))
                .isEmpty();
    }

    private static String chosen(List<Proposal> offered, List<Proposal> configured) {
        return Negotiation.select(offered, configured).orElseThrow().chosen().toString();
    }

    /** RFC 7296 §3.3.3: combined modes come with no integrity algorithm or with NONE. */
    @Test
    void integrityNoneBesideCombinedModes() {
        Transform none = Transform.of(TransformType.INTEGRITY, Transform.ID_NONE);
        Proposal offered = with(esp("aes256gcm16").getFirst(), none);
        assertThat(Negotiation.select(List.of(offered), esp("aes256gcm16"))).hasValueSatisfying(s -> {
            assertThat(s.chosen().transforms()).contains(none);
            assertThat(ChildSuite.of(s.chosen()).integrity()).isEmpty();
        });
        assertThat(Negotiation.accept(esp("aes256gcm16").getFirst(), offered)).isPresent();
    }

    @Test
    void aPeerThatMixesBothKindsOfEncryptionGetsEither() {
        Proposal mixed = new Proposal(
                SecurityProtocol.ESP,
                List.of(
                        new Transform(1, 20, 256),
                        new Transform(1, 12, 256),
                        new Transform(3, 12, 0),
                        Transform.NO_ESN));
        assertThat(Negotiation.select(List.of(mixed), esp("aes256gcm16")))
                .hasValueSatisfying(
                        s -> assertThat(s.chosen()).isEqualTo(esp("aes256gcm16").getFirst()));
        assertThat(Negotiation.select(List.of(mixed), esp("aes256-sha256")))
                .hasValueSatisfying(s ->
                        assertThat(s.chosen()).isEqualTo(esp("aes256-sha256").getFirst()));
    }

    @ParameterizedTest
    @CsvSource({
        "aes256gcm16, aes256gcm16, aes256gcm16",
        "aes256gcm16-esn-noesn, aes256gcm16, aes256gcm16",
        "aes256gcm16-esn-noesn, aes256gcm16-noesn-esn, aes256gcm16",
        "aes256gcm16-esn-noesn, aes256gcm16-esn, aes256gcm16-esn",
        "aes256gcm16-esn, aes256gcm16, ",
        "aes256gcm16-x25519, aes256gcm16, ",
        "aes256gcm16, aes256gcm16-x25519, ",
        "aes256gcm16, aes256gcm16-x25519-none, aes256gcm16",
        "aes256gcm16-x25519-none, aes256gcm16, aes256gcm16-none",
        "aes256gcm16-x25519-none, aes256gcm16-x25519, aes256gcm16-x25519",
        "aes256gcm16-x25519-none, aes256gcm16-none-x25519, aes256gcm16-none"
    })
    void esnAndOptionalKeyExchange(String offered, String configured, String chosen) {
        assertThat(Negotiation.select(esp(offered), esp(configured))
                        .map(s -> s.chosen().toString()))
                .isEqualTo(Optional.ofNullable(chosen));
    }

    @Test
    void anOfferWithoutSequenceNumbersMeansShortOnes() {
        Proposal offered = esp("aes256gcm16").getFirst().without(TransformType.EXTENDED_SEQUENCE_NUMBERS);
        assertThat(Negotiation.select(List.of(offered), esp("aes256gcm16"))).isPresent();
        assertThat(Negotiation.select(List.of(offered), esp("aes256gcm16-esn"))).isEmpty();
    }

    @Test
    void theChildOfIkeAuthGoesWithoutKeyExchange() {
        Proposal configured = esp("aes256gcm16-x25519").getFirst().without(TransformType.KEY_EXCHANGE);
        assertThat(Negotiation.select(esp("aes256gcm16"), List.of(configured)))
                .hasValueSatisfying(
                        s -> assertThat(ChildSuite.of(s.chosen()).keyExchange()).isEmpty());
    }

    @Test
    void anAnswerIsOneOfWhatWasSent() {
        Proposal sent = ike("aes256-aes128-sha256-sha384-x25519-modp2048").getFirst();
        for (String good : List.of("aes256-sha256-x25519", "aes128-sha384-prfsha256-modp2048")) {
            assertThat(Negotiation.accept(sent, ike(good).getFirst()))
                    .contains(ike(good).getFirst());
        }
        for (String bad : List.of(
                "aes192-sha256-x25519",
                "aes256-sha512-x25519",
                "aes256-sha256-ecp256",
                "aes256-aes128-sha256-x25519",
                "aes256-sha256-x25519-modp2048")) {
            assertThat(Negotiation.accept(sent, ike(bad).getFirst())).as(bad).isEmpty();
        }
        for (TransformType type : List.of(
                TransformType.ENCRYPTION, TransformType.PRF, TransformType.INTEGRITY, TransformType.KEY_EXCHANGE)) {
            assertThat(Negotiation.accept(
                            sent, ike("aes256-sha256-x25519").getFirst().without(type)))
                    .isEmpty();
        }
    }

    @Test
    void anAnswerMayLeaveOutWhatIsOptional() {
        assertThat(Negotiation.accept(
                        esp("aes256gcm16").getFirst(),
                        esp("aes256gcm16").getFirst().without(TransformType.EXTENDED_SEQUENCE_NUMBERS)))
                .isPresent();
    }

    private static List<Proposal> ike(String... keywords) {
        return ProposalKeywords.parseAll(SecurityProtocol.IKE, Arrays.asList(keywords));
    }

    private static List<Proposal> esp(String... keywords) {
        return ProposalKeywords.parseAll(SecurityProtocol.ESP, Arrays.asList(keywords));
    }

    /** With sha256 and x25519 beside these. */
    private static Proposal offer(Transform... ciphers) {
        return with(ike("aes256-sha256-x25519").getFirst().without(TransformType.ENCRYPTION), ciphers);
    }

    private static Proposal with(Proposal proposal, Transform... more) {
        return new Proposal(
                proposal.protocol(),
                Stream.concat(proposal.transforms().stream(), Arrays.stream(more))
                        .toList());
    }
}
