package dev.culvert.ike.v1.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.auth.AuthenticationMethod;
import dev.culvert.ike.v1.proposal.EncapsulationMode;
import dev.culvert.ike.v1.proposal.Phase1Proposals;
import dev.culvert.ike.v1.proposal.Phase2Proposals;
import java.util.List;
import java.util.Set;

/** Payloads' parsers on any octets behind the generic header, and what is made of the values. */
class V1PayloadFuzzTest {
    private static final List<Proposal> IKE =
            List.of(ProposalKeywords.parse(SecurityProtocol.IKE, "aes256-aes128-3des-sha256-sha1-modp2048-modp1024"));
    private static final List<Proposal> ESP = List.of(
            ProposalKeywords.parse(SecurityProtocol.ESP, "aes256gcm16-aes128gcm16-modp2048"),
            ProposalKeywords.parse(SecurityProtocol.ESP, "aes256-aes128-sha256-sha1"));

    /** An SA payload, offered and answered, in either phase. */
    @FuzzTest
    void sa(byte[] body) {
        if (read(PayloadType.SA, body) instanceof SaPayload sa) {
            assertThat(Phase1Proposals.describe(sa)).hasSizeLessThan(4000);
            assertThat(Phase2Proposals.describe(sa)).hasSizeLessThan(4000);
            AuthenticationMethod method = AuthenticationMethod.PRE_SHARED_KEY;
            Phase1Proposals.select(sa, IKE, method)
                    .ifPresent(agreed -> assertThat(Phase1Proposals.accept(agreed.answer(), IKE, method))
                            .contains(agreed.terms()));
            for (boolean keyExchanged : new boolean[] {false, true}) {
                Phase2Proposals.select(sa, ESP, Set.of(EncapsulationMode.values()), keyExchanged, 0xc0ffee01)
                        .ifPresent(agreed -> assertThat(Phase2Proposals.accept(
                                                agreed.answer(),
                                                ESP,
                                                agreed.terms().suite().keyExchange(),
                                                agreed.terms().mode())
                                        .orElseThrow()
                                        .suite())
                                .isEqualTo(agreed.terms().suite()));
            }
        }
    }

    @FuzzTest
    void id(byte[] body) {
        if (read(PayloadType.ID, body) instanceof IdPayload id) {
            id.selector()
                    .ifPresent(selector ->
                            assertThat(IdPayload.of(selector).selector()).contains(selector));
        }
    }

    @FuzzTest
    void notifyPayload(byte[] body) {
        if (read(PayloadType.NOTIFY, body) instanceof NotifyPayload notify) {
            Attribute.read(notify.data()).forEach(Attribute::number);
        }
    }

    @FuzzTest
    void delete(byte[] body) {
        if (read(PayloadType.DELETE, body) instanceof DeletePayload delete) {
            assertThat(delete.childSpis()).hasSizeLessThanOrEqualTo(Limits.MAX_DELETED_SPIS);
        }
    }

    @FuzzTest
    void natOa(byte[] body) {
        if (read(PayloadType.NAT_OA, body) instanceof NatOaPayload natOa) {
            natOa.address()
                    .ifPresent(address -> assertThat(
                                    NatOaPayload.of(false, address).address())
                            .contains(address));
        }
    }

    /** Fragments one behind the other: an octet for each that says how long its body is, and the body. */
    @FuzzTest
    void fragments(byte[] input) {
        FragmentReassembler reassembler = new FragmentReassembler();
        int at = 0;
        while (at < input.length) {
            int length = Math.min(input[at] & 0xff, input.length - at - 1);
            byte[] body = Bytes.of(input, at + 1, length).toArray();
            if (read(PayloadType.FRAGMENT, body) instanceof FragmentPayload fragment) {
                switch (reassembler.add(fragment)) {
                    case FragmentReassembler.Result.Complete(Bytes whole) ->
                        assertThat(whole.length()).isBetween(1, FragmentReassembler.MAX_OCTETS);
                    case FragmentReassembler.Result.Kept kept ->
                        assertThat(kept).isNotNull();
                    case FragmentReassembler.Result.Refused(String reason) ->
                        assertThat(reason).startsWith("fragment");
                }
            }
            at += 1 + length;
        }
    }

    private static V1Payload read(PayloadType type, byte[] body) {
        if (body.length > 0xffff - V1Payload.HEADER_LENGTH) {
            return new UnknownPayload(200, Bytes.EMPTY);
        }
        return switch (V1Message.decode(V1Messages.withBody(type.id(), Bytes.of(body)))) {
            case V1Decoded.Ok(V1Message message) -> message.payloads().getFirst();
            case V1Decoded.Fragment(IsakmpHeader header, FragmentPayload fragment) -> fragment;
            case V1Problem problem -> new UnknownPayload(200, Bytes.utf8(problem.detail()));
            case V1Decoded.Encrypted encrypted -> throw new AssertionError(encrypted.toString());
        };
    }
}
