package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.WireWriter;
import java.util.List;
import java.util.Optional;

/**
 * A whole message in the clear.
 *
 * @param payloads in their order
 * @param octets the payloads as they are on the wire, with their generic headers, without padding: HASH payloads are
 *     computed over these
 */
public record V1Message(IsakmpHeader header, List<V1Payload> payloads, Bytes octets) {
    public V1Message {
        payloads = List.copyOf(payloads);
    }

    /**
     * A message to be sent.
     *
     * @throws IllegalArgumentException if a payload is longer than its length field can say
     */
    public static V1Message of(IsakmpHeader header, List<? extends V1Payload> payloads) {
        return new V1Message(header, List.copyOf(payloads), encode(payloads));
    }

    /** Payloads one after the other with their generic headers, as they stand in a message. */
    public static Bytes encode(List<? extends V1Payload> payloads) {
        WireWriter out = new WireWriter();
        PayloadChain.write(payloads, out);
        return Bytes.of(out.toByteArray());
    }

    /** Reads a datagram as far as that needs no keys. */
    public static V1Decoded decode(byte[] datagram) {
        return MessageDecoder.decode(datagram);
    }

    /** The first payload of a kind. */
    public <T extends V1Payload> Optional<T> first(Class<T> kind) {
        return payloads.stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }

    /** All payloads of a kind, in their order. */
    public <T extends V1Payload> List<T> all(Class<T> kind) {
        return payloads.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** Whether the message carries this notify. */
    public boolean has(NotifyType type) {
        return all(NotifyPayload.class).stream().anyMatch(notify -> notify.is(type));
    }

    /**
     * The body of a payload as it is on the wire, without its generic header: SAi_b, IDii_b and IDir_b of RFC 2409 §5.
     *
     * @throws IllegalArgumentException if it is not in this message
     */
    public Bytes body(V1Payload payload) {
        int offset = 0;
        for (V1Payload candidate : payloads) {
            int length = octets.u16(offset + 2);
            if (candidate.equals(payload)) {
                return octets.slice(offset + V1Payload.HEADER_LENGTH, length - V1Payload.HEADER_LENGTH);
            }
            offset += length;
        }
        throw new IllegalArgumentException("no payload of this message");
    }

    /**
     * All behind the first payload, as it is on the wire: what the HASH that has to stand first covers in quick mode and in
     * informational exchanges (RFC 2409 §5.5, §5.7). Empty for a message without payloads.
     */
    public Bytes octetsBehindFirst() {
        if (payloads.isEmpty()) {
            return Bytes.EMPTY;
        }
        int first = octets.u16(2);
        return octets.slice(first, octets.length() - first);
    }

    /** The datagram of a message in the clear. */
    public byte[] encode() {
        return datagram(header, PayloadChain.firstType(payloads), octets);
    }

    /** What is to be encrypted: the payloads, with zeros up to a multiple of {@code blockLength} (RFC 2409 appendix B). */
    public Bytes plaintext(int blockLength) {
        int padding = Math.floorMod(-octets.length(), blockLength);
        WireWriter out = new WireWriter(octets.length() + padding);
        octets.writeTo(out);
        return Bytes.of(out.zeros(padding).toByteArray());
    }

    /** The datagram of this message with its encrypted {@link #plaintext}; the E flag is set. */
    public byte[] encode(Bytes ciphertext) {
        return datagram(header.withEncryption(), PayloadChain.firstType(payloads), ciphertext);
    }

    static byte[] datagram(IsakmpHeader header, int firstType, Bytes content) {
        int length = IsakmpHeader.LENGTH + content.length();
        WireWriter out = new WireWriter(length);
        header.writeTo(out, firstType, length);
        content.writeTo(out);
        return out.toByteArray();
    }
}
