package dev.culvert.ike.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.List;

/** Each payload's parser on any octets behind the generic header: it never throws, and reads what it writes. */
class PayloadFuzzTest {
    @FuzzTest
    void sa(byte[] body) {
        readsStably(PayloadType.SA, body);
    }

    @FuzzTest
    void ke(byte[] body) {
        readsStably(PayloadType.KE, body);
    }

    @FuzzTest
    void idi(byte[] body) {
        readsStably(PayloadType.IDI, body);
    }

    @FuzzTest
    void idr(byte[] body) {
        readsStably(PayloadType.IDR, body);
    }

    @FuzzTest
    void cert(byte[] body) {
        readsStably(PayloadType.CERT, body);
    }

    @FuzzTest
    void certReq(byte[] body) {
        readsStably(PayloadType.CERTREQ, body);
    }

    @FuzzTest
    void auth(byte[] body) {
        readsStably(PayloadType.AUTH, body);
    }

    @FuzzTest
    void nonce(byte[] body) {
        readsStably(PayloadType.NONCE, body);
    }

    @FuzzTest
    void notifyPayload(byte[] body) {
        readsStably(PayloadType.NOTIFY, body);
    }

    @FuzzTest
    void delete(byte[] body) {
        readsStably(PayloadType.DELETE, body);
    }

    @FuzzTest
    void vendorId(byte[] body) {
        readsStably(PayloadType.VENDOR_ID, body);
    }

    @FuzzTest
    void tsi(byte[] body) {
        readsStably(PayloadType.TSI, body);
    }

    @FuzzTest
    void tsr(byte[] body) {
        readsStably(PayloadType.TSR, body);
    }

    @FuzzTest
    void cp(byte[] body) {
        readsStably(PayloadType.CP, body);
    }

    @FuzzTest
    void eap(byte[] body) {
        readsStably(PayloadType.EAP, body);
    }

    @FuzzTest
    void skf(byte[] body) {
        readsStably(PayloadType.SKF, body);
    }

    private static void readsStably(PayloadType type, byte[] body) {
        int length = Payload.HEADER_LENGTH + body.length;
        if (length > 0xffff) {
            return;
        }
        WireWriter octets = new WireWriter(length);
        PayloadChain.writeHeader(octets, PayloadType.NO_NEXT_PAYLOAD, false, length);
        octets.bytes(body);
        switch (PayloadChain.parse(type.id(), WireReader.of(octets.toByteArray()))) {
            case Parsed.Ok<List<Payload>>(List<Payload> payloads) -> {
                Payload payload = payloads.getFirst();
                WireWriter again = new WireWriter();
                PayloadChain.writeHeader(again, PayloadType.NO_NEXT_PAYLOAD, false, payload.encodedLength());
                payload.writeBodyTo(again);
                assertThat(again.size()).isEqualTo(length);
                assertThat(PayloadChain.parse(type.id(), WireReader.of(again.toByteArray())))
                        .isEqualTo(Parsed.ok(payloads));
                assertThat(payload.toString()).isNotEmpty();
            }
            case Parsed.Failed<List<Payload>>(Problem problem) ->
                assertThat(problem.detail()).isNotEmpty();
        }
    }
}
