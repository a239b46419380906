package dev.culvert.ike.message;

import static dev.culvert.ike.message.ExchangeType.CREATE_CHILD_SA;
import static dev.culvert.ike.message.ExchangeType.IKE_AUTH;
import static dev.culvert.ike.message.ExchangeType.IKE_FOLLOWUP_KE;
import static dev.culvert.ike.message.ExchangeType.IKE_INTERMEDIATE;
import static dev.culvert.ike.message.ExchangeType.IKE_SA_INIT;
import static dev.culvert.ike.message.ExchangeType.IKE_SESSION_RESUME;
import static dev.culvert.ike.message.ExchangeType.INFORMATIONAL;
import static dev.culvert.ike.message.Messages.AUTH;
import static dev.culvert.ike.message.Messages.CP;
import static dev.culvert.ike.message.Messages.EAP;
import static dev.culvert.ike.message.Messages.ESP_SA;
import static dev.culvert.ike.message.Messages.IDI;
import static dev.culvert.ike.message.Messages.IDR;
import static dev.culvert.ike.message.Messages.IKE_SA;
import static dev.culvert.ike.message.Messages.KE;
import static dev.culvert.ike.message.Messages.NONCE;
import static dev.culvert.ike.message.Messages.REKEYED_IKE_SA;
import static dev.culvert.ike.message.Messages.TSI;
import static dev.culvert.ike.message.Messages.TSR;
import static dev.culvert.ike.message.Messages.request;
import static dev.culvert.ike.message.Messages.response;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which payloads may stand in which message: the shapes of RFC 7296 appendix C, and near misses. */
class ExchangeRulesTest {
    private static final CertPayload CERT = new CertPayload(4, Bytes.ofHex("3000"));
    private static final CertReqPayload CERTREQ = new CertReqPayload(4, Bytes.of(new byte[20]));
    private static final VendorIdPayload VENDOR = new VendorIdPayload(Bytes.utf8("vendor"));
    private static final UnknownPayload UNKNOWN = new UnknownPayload(200, false, Bytes.EMPTY);
    private static final NotifyPayload COOKIE = NotifyPayload.of(NotifyType.COOKIE, Bytes.of(new byte[20]));
    private static final NotifyPayload STATUS = NotifyPayload.of(NotifyType.MOBIKE_SUPPORTED);
    private static final NotifyPayload NO_PROPOSAL = NotifyPayload.of(NotifyType.NO_PROPOSAL_CHOSEN);
    private static final NotifyPayload UNKNOWN_ERROR =
            new NotifyPayload(ProtocolId.NONE, Bytes.EMPTY, 8191, Bytes.EMPTY);

    record Case(IkeHeader header, List<Payload> payloads) {
        static Case of(IkeHeader header, Payload... payloads) {
            return new Case(header, List.of(payloads));
        }

        @Override
        public String toString() {
            return header + " "
                    + payloads.stream().map(p -> PayloadType.nameOf(p.typeId())).toList();
        }
    }

    static Stream<Case> allowed() {
        return Stream.of(
                Case.of(request(IKE_SA_INIT), IKE_SA, KE, NONCE),
                Case.of(request(IKE_SA_INIT), COOKIE, NONCE, VENDOR, KE, UNKNOWN, IKE_SA, STATUS, STATUS),
                Case.of(response(IKE_SA_INIT), IKE_SA, KE, NONCE, CERTREQ, STATUS),
                Case.of(response(IKE_SA_INIT), COOKIE),
                Case.of(response(IKE_SA_INIT), NotifyPayload.invalidKe(31)),
                Case.of(response(IKE_SA_INIT), NotifyPayload.of(NotifyType.REDIRECT)),
                Case.of(response(IKE_SA_INIT), UNKNOWN_ERROR),
                Case.of(request(IKE_SESSION_RESUME), NONCE, NotifyPayload.of(NotifyType.TICKET_OPAQUE)),
                Case.of(response(IKE_SESSION_RESUME), NONCE),
                Case.of(response(IKE_SESSION_RESUME), NotifyPayload.of(NotifyType.TICKET_NACK)),
                Case.of(request(IKE_AUTH), IDI, CERT, CERT, CERTREQ, IDR, AUTH, CP, ESP_SA, TSI, TSR),
                Case.of(request(IKE_AUTH), IDI, ESP_SA, TSI, TSR),
                Case.of(request(IKE_AUTH), IDI, AUTH),
                Case.of(request(IKE_AUTH), EAP),
                Case.of(request(IKE_AUTH), AUTH),
                Case.of(response(IKE_AUTH), IDR, CERT, AUTH, ESP_SA, TSI, TSR),
                Case.of(response(IKE_AUTH), IDR, AUTH),
                Case.of(response(IKE_AUTH), IDR, CERT, AUTH, EAP),
                Case.of(response(IKE_AUTH), IDR, EAP),
                Case.of(response(IKE_AUTH), EAP),
                Case.of(response(IKE_AUTH), AUTH, CP, ESP_SA, TSI, TSR),
                Case.of(response(IKE_AUTH), NotifyPayload.of(NotifyType.AUTHENTICATION_FAILED)),
                Case.of(response(IKE_AUTH), IDR, AUTH, NO_PROPOSAL),
                Case.of(request(CREATE_CHILD_SA), ESP_SA, NONCE, TSI, TSR),
                Case.of(
                        request(CREATE_CHILD_SA),
                        NotifyPayload.aboutEsp(NotifyType.REKEY_SA, 0x100),
                        ESP_SA,
                        NONCE,
                        KE,
                        TSI,
                        TSR),
                Case.of(request(CREATE_CHILD_SA), REKEYED_IKE_SA, NONCE, KE),
                Case.of(response(CREATE_CHILD_SA), ESP_SA, NONCE, TSI, TSR),
                Case.of(response(CREATE_CHILD_SA), REKEYED_IKE_SA, NONCE, KE),
                Case.of(response(CREATE_CHILD_SA), NO_PROPOSAL),
                Case.of(request(INFORMATIONAL)),
                Case.of(response(INFORMATIONAL)),
                Case.of(request(INFORMATIONAL), DeletePayload.ofIkeSa(), DeletePayload.ofEsp(List.of(0x100)), STATUS),
                Case.of(request(INFORMATIONAL), CP),
                Case.of(request(IKE_INTERMEDIATE), KE),
                Case.of(response(IKE_INTERMEDIATE), KE, STATUS),
                Case.of(request(IKE_FOLLOWUP_KE), KE));
    }

    static Stream<Case> refused() {
        return Stream.of(
                Case.of(request(IKE_SA_INIT)),
                Case.of(request(IKE_SA_INIT), KE, NONCE),
                Case.of(request(IKE_SA_INIT), IKE_SA, NONCE),
                Case.of(request(IKE_SA_INIT), IKE_SA, KE),
                Case.of(request(IKE_SA_INIT), NO_PROPOSAL),
                Case.of(request(IKE_SA_INIT), COOKIE),
                Case.of(request(IKE_SA_INIT), IKE_SA, IKE_SA, KE, NONCE),
                Case.of(request(IKE_SA_INIT), IKE_SA, KE, KE, NONCE),
                Case.of(request(IKE_SA_INIT), IKE_SA, KE, NONCE, NONCE),
                Case.of(request(IKE_SA_INIT), IKE_SA, KE, NONCE, IDI),
                Case.of(request(IKE_SA_INIT), IKE_SA, KE, NONCE, TSI),
                Case.of(request(IKE_SA_INIT), IKE_SA, KE, NONCE, DeletePayload.ofIkeSa()),
                Case.of(request(IKE_SA_INIT), IKE_SA, KE, NONCE, CERTREQ),
                Case.of(request(IKE_SA_INIT), REKEYED_IKE_SA, KE, NONCE),
                Case.of(request(IKE_SA_INIT), ESP_SA, KE, NONCE),
                Case.of(response(IKE_SA_INIT)),
                Case.of(response(IKE_SA_INIT), STATUS),
                Case.of(response(IKE_SA_INIT), NO_PROPOSAL, AUTH),
                Case.of(request(IKE_SESSION_RESUME)),
                Case.of(request(IKE_AUTH)),
                Case.of(request(IKE_AUTH), ESP_SA, TSI, TSR),
                Case.of(request(IKE_AUTH), IDI, AUTH, ESP_SA, TSI),
                Case.of(request(IKE_AUTH), IDI, AUTH, ESP_SA, TSR),
                Case.of(request(IKE_AUTH), IDI, AUTH, TSI, TSR),
                Case.of(request(IKE_AUTH), IDI, IDI, AUTH),
                Case.of(request(IKE_AUTH), IDI, AUTH, AUTH),
                Case.of(request(IKE_AUTH), IDI, AUTH, ESP_SA, TSI, TSI, TSR),
                Case.of(request(IKE_AUTH), IDI, AUTH, IKE_SA, TSI, TSR),
                Case.of(request(IKE_AUTH), IDI, AUTH, NONCE),
                Case.of(request(IKE_AUTH), IDI, EAP),
                Case.of(request(IKE_AUTH), EAP, EAP),
                Case.of(request(IKE_AUTH), NO_PROPOSAL),
                Case.of(response(IKE_AUTH)),
                Case.of(response(IKE_AUTH), STATUS),
                Case.of(response(IKE_AUTH), IDR, ESP_SA, TSI, TSR),
                Case.of(response(IKE_AUTH), IDI, AUTH),
                Case.of(response(IKE_AUTH), IDR, AUTH, ESP_SA),
                Case.of(response(IKE_AUTH), NO_PROPOSAL, KE),
                Case.of(request(CREATE_CHILD_SA)),
                Case.of(request(CREATE_CHILD_SA), ESP_SA, TSI, TSR),
                Case.of(request(CREATE_CHILD_SA), ESP_SA, NONCE),
                Case.of(request(CREATE_CHILD_SA), ESP_SA, NONCE, KE),
                Case.of(request(CREATE_CHILD_SA), IKE_SA, NONCE, KE),
                Case.of(request(CREATE_CHILD_SA), REKEYED_IKE_SA, NONCE),
                Case.of(request(CREATE_CHILD_SA), REKEYED_IKE_SA, NONCE, TSI, TSR),
                Case.of(request(CREATE_CHILD_SA), ESP_SA, NONCE, TSI, TSR, AUTH),
                Case.of(request(CREATE_CHILD_SA), ESP_SA, NONCE, TSI, TSR, IDI),
                Case.of(response(CREATE_CHILD_SA)),
                Case.of(response(CREATE_CHILD_SA), STATUS),
                Case.of(request(INFORMATIONAL), AUTH),
                Case.of(request(INFORMATIONAL), ESP_SA, NONCE, TSI, TSR),
                Case.of(response(INFORMATIONAL), KE),
                Case.of(request(IKE_INTERMEDIATE), KE, KE),
                Case.of(request(IKE_INTERMEDIATE), AUTH),
                Case.of(request(IKE_FOLLOWUP_KE)));
    }

    @ParameterizedTest
    @MethodSource("allowed")
    void allows(Case message) {
        assertThat(problems(message)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refuses(Case message) {
        assertThat(problems(message))
                .singleElement()
                .satisfies(problem -> assertThat(problem.detail())
                        .startsWith(
                                message.header().exchangeType().orElseThrow().name()));
    }

    @Test
    void everyExchangeHasRules() {
        for (ExchangeType type : ExchangeType.values()) {
            assertThat(problems(Case.of(request(type), AUTH, AUTH))).isNotEmpty();
        }
    }

    @Test
    void unknownExchangeIsRefused() {
        IkeHeader unknown = new IkeHeader(1, 2, 2, 0, 240, true, false, false, 1);
        assertThat(ExchangeRules.checkProtected(unknown, List.of())).isPresent();
        assertThat(IkeMessage.decode(IkeMessage.of(unknown).encode()))
                .isInstanceOfSatisfying(
                        UnprotectedError.class,
                        error -> assertThat(error.reason()).isEqualTo(UnprotectedError.Reason.UNKNOWN_EXCHANGE));
        assertThat(Messages.open(IkeMessage.of(unknown).encode(new FakeCipher())))
                .isInstanceOf(OpenResult.ProtectedError.class);
    }

    @Test
    void errorsOutsideOfAnSaAreReadAsHints() {
        for (ExchangeType type : List.of(IKE_AUTH, CREATE_CHILD_SA, INFORMATIONAL)) {
            IkeMessage hint = IkeMessage.of(response(type), NotifyPayload.of(NotifyType.INVALID_IKE_SPI), VENDOR);
            assertThat(IkeMessage.decode(hint.encode())).isEqualTo(new DecodeResult.Ok(hint));
        }
        IkeMessage invalidSpi = IkeMessage.of(request(INFORMATIONAL), NotifyPayload.of(NotifyType.INVALID_SPI));
        assertThat(IkeMessage.decode(invalidSpi.encode())).isEqualTo(new DecodeResult.Ok(invalidSpi));
        assertThat(IkeMessage.decode(
                        IkeMessage.of(request(INFORMATIONAL), STATUS).encode()))
                .isInstanceOf(UnprotectedError.class);
        assertThat(IkeMessage.decode(IkeMessage.of(
                                response(INFORMATIONAL),
                                NotifyPayload.of(NotifyType.INVALID_IKE_SPI),
                                DeletePayload.ofIkeSa())
                        .encode()))
                .isInstanceOf(UnprotectedError.class);
    }

    @Test
    void saysWhatIsMissingAndWhatIsTooMuch() {
        assertThat(problems(Case.of(request(IKE_AUTH), IDI, AUTH, ESP_SA)))
                .extracting(Problem::detail)
                .containsExactly("IKE_AUTH request with SA");
        assertThat(problems(Case.of(request(IKE_SA_INIT), IKE_SA, KE, TSI)))
                .extracting(Problem::detail)
                .containsExactly("IKE_SA_INIT request without Nonce and with TSi");
        assertThat(problems(Case.of(request(IKE_AUTH), IDI, IDI)))
                .extracting(Problem::detail)
                .containsExactly("IKE_AUTH request with more than one IDi");
        assertThat(problems(Case.of(request(CREATE_CHILD_SA), IKE_SA, NONCE, KE)))
                .extracting(Problem::detail)
                .containsExactly("CREATE_CHILD_SA request with a proposal for protocol 1 and an SPI of 0 octets");
    }

    private static List<Problem> problems(Case message) {
        List<Payload> payloads = message.payloads();
        boolean clear = Arrays.asList(IKE_SA_INIT, IKE_SESSION_RESUME)
                .contains(message.header().exchangeType().orElseThrow());
        return (clear
                        ? ExchangeRules.checkUnprotected(message.header(), payloads)
                        : ExchangeRules.checkProtected(message.header(), payloads))
                .stream().toList();
    }
}
