package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;

/**
 * Certificate Request (RFC 2408 §3.10).
 *
 * @param encoding certificate encoding, 0 to 255: one of {@link CertPayload}'s numbers, kept if unknown
 * @param authority the distinguished name of an acceptable authority in DER; empty for any
 */
public record CertReqPayload(int encoding, Bytes authority) implements V1Payload {
    public CertReqPayload {
        Limits.requireUnsigned("certificate encoding", encoding, 0xff);
    }

    public static CertReqPayload ofX509(Bytes authority) {
        return new CertReqPayload(CertPayload.X509_SIGNATURE, authority);
    }

    @Override
    public int typeId() {
        return PayloadType.CERTREQ.id();
    }

    static Parsed<V1Payload> parse(WireReader in) {
        int encoding = in.u8();
        Bytes authority = Bytes.of(in.rest());
        return in.overran() ? Parsed.malformed("CERTREQ is empty") : Parsed.ok(new CertReqPayload(encoding, authority));
    }

    @Override
    public int bodyLength() {
        return 1 + authority.length();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        out.u8(encoding);
        authority.writeTo(out);
    }
}
