package dev.culvert.ike.message;

import dev.culvert.crypto.MessageCipher;
import java.util.List;
import java.util.Optional;

/**
 * A received message whose last payload is SK or SKF, not opened yet. Header and outer payloads are not authenticated
 * until it is. It keeps a copy of the datagram, which the integrity check covers.
 */
public final class EncryptedMessage {
    private final IkeHeader header;
    private final List<Payload> outerPayloads;
    private final byte[] datagram;

    EncryptedMessage(IkeHeader header, List<Payload> outerPayloads, byte[] datagram) {
        this.header = header;
        this.outerPayloads = List.copyOf(outerPayloads);
        this.datagram = datagram.clone();
    }

    public IkeHeader header() {
        return header;
    }

    /** SK or SKF last; what else stands outside of the encryption before it. */
    public List<Payload> outerPayloads() {
        return outerPayloads;
    }

    /** The fragment, if it is one (RFC 7383). */
    public Optional<SkfPayload> fragment() {
        return outerPayloads.getLast() instanceof SkfPayload fragment ? Optional.of(fragment) : Optional.empty();
    }

    /** Checks and decrypts. May be called again, with another cipher or the same. */
    public OpenResult open(MessageCipher inbound) {
        return decrypt(inbound)
                .map(opened -> opened.isFragment()
                        ? new OpenResult.Fragment(
                                header,
                                opened.firstPayloadType(),
                                opened.fragmentNumber(),
                                opened.totalFragments(),
                                opened.plaintext())
                        : IkeMessage.ofPlaintext(header, opened.firstPayloadType(), opened.plaintext()))
                .orElseGet(() -> new UnprotectedError(
                        UnprotectedError.Reason.INTEGRITY,
                        "the integrity check failed",
                        Optional.of(header),
                        Optional.empty()));
    }

    /** What is inside, or nothing if the integrity check fails. May be called again, with another cipher or the same. */
    public Optional<Decrypted> decrypt(MessageCipher inbound) {
        return switch (outerPayloads.getLast()) {
            case SkPayload sk ->
                decrypt(inbound, sk.body().length())
                        .map(plaintext -> new Decrypted(header, sk.firstPayloadType(), 0, 0, plaintext));
            case SkfPayload skf ->
                decrypt(inbound, skf.body().length())
                        .map(plaintext -> new Decrypted(
                                header, skf.firstPayloadType(), skf.fragmentNumber(), skf.totalFragments(), plaintext));
            default -> throw new AssertionError("the last payload is SK or SKF");
        };
    }

    private Optional<Bytes> decrypt(MessageCipher inbound, int bodyLength) {
        return inbound.open(datagram, datagram.length - bodyLength).map(Bytes::of);
    }
}
