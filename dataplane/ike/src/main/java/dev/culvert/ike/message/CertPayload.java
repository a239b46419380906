package dev.culvert.ike.message;

import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;

/**
 * Certificate (RFC 7296 §3.6).
 *
 * @param encoding certificate encoding, 0 to 255: one of {@link CertEncoding}'s numbers, kept if unknown
 * @param data the certificate in that encoding
 */
public record CertPayload(int encoding, Bytes data) implements Payload {
    public CertPayload {
        Limits.requireUnsigned("certificate encoding", encoding, 0xff);
    }

    @Override
    public int typeId() {
        return PayloadType.CERT.id();
    }

    static Parsed<Payload> parse(WireReader in) {
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
