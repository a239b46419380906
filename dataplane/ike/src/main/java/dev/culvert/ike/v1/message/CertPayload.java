package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;

/**
 * Certificate (RFC 2408 §3.9).
 *
 * @param encoding certificate encoding, 0 to 255, kept if unknown
 * @param data the certificate in that encoding
 */
public record CertPayload(int encoding, Bytes data) implements V1Payload {
    /** X.509 certificate - signature: one certificate in DER. */
    public static final int X509_SIGNATURE = 4;
    /** PKCS #7 wrapped X.509 certificates. */
    public static final int PKCS7 = 1;
    /** Certificate revocation list. */
    public static final int CRL = 7;

    public CertPayload {
        Limits.requireUnsigned("certificate encoding", encoding, 0xff);
    }

    public static CertPayload ofX509(Bytes der) {
        return new CertPayload(X509_SIGNATURE, der);
    }

    @Override
    public int typeId() {
        return PayloadType.CERT.id();
    }

    static Parsed<V1Payload> parse(WireReader in) {
        int encoding = in.u8();
        Bytes data = Bytes.of(in.rest());
        return in.overran() ? Parsed.malformed("CERT is empty") : Parsed.ok(new CertPayload(encoding, data));
    }

    @Override
    public int bodyLength() {
        return 1 + data.length();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        out.u8(encoding);
        data.writeTo(out);
    }
}
