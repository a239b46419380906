package dev.culvert.ike.message;

import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Certificate Request (RFC 7296 §3.7).
 *
 * @param encoding certificate encoding, 0 to 255: one of {@link CertEncoding}'s numbers, kept if unknown
 * @param authorities for X.509 encodings SHA-1 hashes of trusted CAs' SubjectPublicKeyInfo, one after the other
 */
public record CertReqPayload(int encoding, Bytes authorities) implements Payload {
    private static final int HASH_LENGTH = 20;

    public CertReqPayload {
        Limits.requireUnsigned("certificate encoding", encoding, 0xff);
    }

    /** The authorities as hashes of 20 octets; a rest that is shorter is left out. */
    public List<Bytes> authorityHashes() {
        List<Bytes> hashes = new ArrayList<>();
        for (int at = 0; at + HASH_LENGTH <= authorities.length(); at += HASH_LENGTH) {
            hashes.add(authorities.slice(at, HASH_LENGTH));
        }
        return List.copyOf(hashes);
    }

    @Override
    public int typeId() {
        return PayloadType.CERTREQ.id();
    }

    static Parsed<Payload> parse(WireReader in) {
        int encoding = in.u8();
        Bytes authorities = Bytes.of(in.rest());
        return in.overran()
                ? Parsed.malformed("CERTREQ is empty")
                : Parsed.ok(new CertReqPayload(encoding, authorities));
    }

    @Override
    public int bodyLength() {
        return 1 + authorities.length();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        out.u8(encoding);
        authorities.writeTo(out);
    }
}
