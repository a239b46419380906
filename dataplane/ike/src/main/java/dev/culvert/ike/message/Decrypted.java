package dev.culvert.ike.message;

import dev.culvert.wire.WireWriter;

/**
 * What an SK or SKF payload held, authentic and not read yet. The whole message is {@link IkeMessage#ofPlaintext}.
 *
 * @param firstPayloadType of the first payload inside; in fragments behind the first it is 0
 * @param fragmentNumber from 1; 0 in a whole message
 * @param totalFragments 0 in a whole message
 */
public record Decrypted(
        IkeHeader header, int firstPayloadType, int fragmentNumber, int totalFragments, Bytes plaintext) {
    public boolean isFragment() {
        return totalFragments != 0;
    }

    /** A message that is about to be encrypted. */
    public static Decrypted of(IkeMessage message) {
        return new Decrypted(
                message.header(),
                PayloadChain.firstType(message.payloads()),
                0,
                0,
                Bytes.of(MessageEncoder.plaintext(message)));
    }

    /**
     * IntAuth_A | IntAuth_P of a whole IKE_INTERMEDIATE message (RFC 9242 §3.3.2): the IKE header and the generic header
     * of SK, with lengths as if the payloads inside followed unencrypted, whether or not the message came in fragments;
     * and these payloads.
     */
    public Bytes intermediateOctets() {
        int skLength = Payload.HEADER_LENGTH + plaintext.length();
        WireWriter out = new WireWriter(IkeHeader.LENGTH + skLength);
        header.writeTo(out, PayloadType.SK.id(), IkeHeader.LENGTH + skLength);
        PayloadChain.writeHeader(out, firstPayloadType, false, skLength);
        plaintext.writeTo(out);
        return Bytes.of(out.toByteArray());
    }
}
