package dev.culvert.ike.message;

import dev.culvert.crypto.MessageCipher;
import dev.culvert.wire.WireReader;
import java.util.List;
import java.util.Optional;

/**
 * An IKEv2 message: header and payloads, those of an opened SK payload included and SK itself left out.
 *
 * @param payloads at most 128, in order
 */
public record IkeMessage(IkeHeader header, List<Payload> payloads) {
    public IkeMessage {
        Limits.requireUnsigned("number of payloads", payloads.size(), Limits.MAX_PAYLOADS);
        payloads = List.copyOf(payloads);
    }

    public static IkeMessage of(IkeHeader header, Payload... payloads) {
        return new IkeMessage(header, List.of(payloads));
    }

    /** Reads one datagram, without a non-ESP marker, as far as it goes without keys. Does not keep the array. */
    public static DecodeResult decode(byte[] datagram) {
        return MessageDecoder.decode(datagram);
    }

    /** The message whose SK payload held {@code plaintext} or whose fragments did, put together (RFC 7383 §2.6). */
    public static OpenResult ofPlaintext(IkeHeader header, int firstPayloadType, Bytes plaintext) {
        Parsed<List<Payload>> parsed = PayloadChain.parse(firstPayloadType, WireReader.of(plaintext.toArray()));
        return switch (parsed) {
            case Parsed.Failed<List<Payload>>(Problem problem) -> problem.authentic(header);
            case Parsed.Ok<List<Payload>>(List<Payload> payloads) ->
                ExchangeRules.checkProtected(header, payloads)
                        .<OpenResult>map(problem -> problem.authentic(header))
                        .orElseGet(() -> new OpenResult.Ok(new IkeMessage(header, payloads)));
        };
    }

    /** The octets of the message in the clear. */
    public byte[] encode() {
        return MessageEncoder.encode(this);
    }

    /** The octets of the message with all payloads within SK (RFC 7296 §3.14). */
    public byte[] encode(MessageCipher outbound) {
        return MessageEncoder.encode(this, outbound);
    }

    /**
     * The message in SKF payloads, none of the datagrams longer than {@code maxLength}, as few as possible of about the
     * same length (RFC 7383 §2.5). A message that fits whole is not fragmented.
     *
     * @param maxLength octets from the IKE header on, at least 128
     */
    public List<byte[]> encodeFragments(MessageCipher outbound, int maxLength) {
        return MessageEncoder.encodeFragments(this, outbound, maxLength);
    }

    /** The first payload of that class. */
    public <T extends Payload> Optional<T> first(Class<T> type) {
        return payloads.stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    /** All payloads of that class, in order. */
    public <T extends Payload> List<T> all(Class<T> type) {
        return payloads.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The first notify of that type. */
    public Optional<NotifyPayload> notify(NotifyType type) {
        return all(NotifyPayload.class).stream().filter(n -> n.is(type)).findFirst();
    }

    public boolean has(NotifyType type) {
        return notify(type).isPresent();
    }

    /** The first notify that is an error, known or not. */
    public Optional<NotifyPayload> errorNotify() {
        return all(NotifyPayload.class).stream().filter(NotifyPayload::isError).findFirst();
    }
}
