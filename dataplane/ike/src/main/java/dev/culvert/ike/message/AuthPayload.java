package dev.culvert.ike.message;

import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.Optional;

/**
 * Authentication (RFC 7296 §3.8).
 *
 * @param methodId authentication method, 0 to 255, kept if unknown
 * @param data authentication data
 */
public record AuthPayload(int methodId, Bytes data) implements Payload {
    public AuthPayload {
        Limits.requireUnsigned("authentication method", methodId, 0xff);
    }

    public AuthPayload(AuthMethod method, Bytes data) {
        this(method.id(), data);
    }

    public Optional<AuthMethod> method() {
        return AuthMethod.byId(methodId);
    }

    @Override
    public int typeId() {
        return PayloadType.AUTH.id();
    }

    /** Without the data, which helps nobody but a guesser of keys. */
    @Override
    public String toString() {
        return "AuthPayload[" + method().map(Enum::name).orElse("method " + methodId) + ", " + data.length()
                + " octets]";
    }

    static Parsed<Payload> parse(WireReader in) {
        int method = in.u8();
        in.skip(3);
        Bytes data = Bytes.of(in.rest());
        return in.overran() ? Parsed.malformed("AUTH is cut short") : Parsed.ok(new AuthPayload(method, data));
    }

    @Override
    public int bodyLength() {
        return 4 + data.length();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        out.u8(methodId).zeros(3);
        data.writeTo(out);
    }
}
