package dev.culvert.ike.message;

import dev.culvert.crypto.MessageCipher;
import dev.culvert.wire.WireWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes whole messages: in the clear, within SK, or in SKF fragments. */
final class MessageEncoder {
    /** Leaves room for the headers, a long IV and ICV, and something to carry. */
    static final int MIN_FRAGMENT_LENGTH = 128;

    private MessageEncoder() {}

    static byte[] encode(IkeMessage message) {
        List<Payload> payloads = message.payloads();
        int length = IkeHeader.LENGTH + PayloadChain.encodedLength(payloads);
        WireWriter out = new WireWriter(length);
        message.header().writeTo(out, PayloadChain.firstType(payloads), length);
        PayloadChain.write(payloads, out);
        return out.toByteArray();
    }

    static byte[] encode(IkeMessage message, MessageCipher cipher) {
        byte[] plaintext = plaintext(message);
        int skLength = Payload.HEADER_LENGTH + cipher.sealedLength(plaintext.length);
        WireWriter prefix = new WireWriter();
        message.header().writeTo(prefix, PayloadType.SK.id(), IkeHeader.LENGTH + skLength);
        PayloadChain.writeHeader(prefix, PayloadChain.firstType(message.payloads()), false, skLength);
        return cipher.seal(prefix.toByteArray(), plaintext);
    }

    /** Never a single fragment 1/1: peers have trouble with it. */
    static List<byte[]> encodeFragments(IkeMessage message, MessageCipher cipher, int maxLength) {
        Limits.require(maxLength >= MIN_FRAGMENT_LENGTH, "a fragment has at least " + MIN_FRAGMENT_LENGTH + " octets");
        byte[] plaintext = plaintext(message);
        int whole = IkeHeader.LENGTH + Payload.HEADER_LENGTH + cipher.sealedLength(plaintext.length);
        if (whole <= maxLength) {
            return List.of(encode(message, cipher));
        }
        int perFragment = mostPlaintext(cipher, maxLength);
        int total = Math.ceilDiv(plaintext.length, perFragment);
        Limits.require(total <= 0xffff, "a message of " + total + " fragments");
        int even = Math.ceilDiv(plaintext.length, total);
        List<byte[]> fragments = new ArrayList<>(total);
        for (int i = 0; i < total; i++) {
            byte[] part = Arrays.copyOfRange(plaintext, i * even, Math.min((i + 1) * even, plaintext.length));
            fragments.add(fragment(message, cipher, part, i + 1, total));
        }
        return List.copyOf(fragments);
    }

    private static byte[] fragment(IkeMessage message, MessageCipher cipher, byte[] part, int number, int total) {
        int firstType = number == 1 ? PayloadChain.firstType(message.payloads()) : PayloadType.NO_NEXT_PAYLOAD;
        int skfLength = Payload.HEADER_LENGTH + SkfPayload.FRAGMENT_HEADER_LENGTH + cipher.sealedLength(part.length);
        WireWriter prefix = new WireWriter();
        message.header().writeTo(prefix, PayloadType.SKF.id(), IkeHeader.LENGTH + skfLength);
        PayloadChain.writeHeader(prefix, firstType, false, skfLength);
        prefix.u16(number).u16(total);
        return cipher.seal(prefix.toByteArray(), part);
    }

    /** The most octets that, sealed, fit in a fragment of {@code maxLength}. */
    private static int mostPlaintext(MessageCipher cipher, int maxLength) {
        int room = maxLength - IkeHeader.LENGTH - Payload.HEADER_LENGTH - SkfPayload.FRAGMENT_HEADER_LENGTH;
        int most = room;
        while (cipher.sealedLength(most) > room) {
            most--;
        }
        return most;
    }

    static byte[] plaintext(IkeMessage message) {
        WireWriter out = new WireWriter(PayloadChain.encodedLength(message.payloads()));
        PayloadChain.write(message.payloads(), out);
        return out.toByteArray();
    }
}
