package dev.culvert.ike.v1.message;

/** What a datagram is, as far as it can be told without keys; or what a decrypted message is. */
public sealed interface V1Decoded permits V1Decoded.Ok, V1Decoded.Encrypted, V1Decoded.Fragment, V1Problem {

    /** A whole message in the clear, or decrypted; its HASH, if it has one, is still to be verified. */
    record Ok(V1Message message) implements V1Decoded {}

    /** A message with the E flag. */
    record Encrypted(EncryptedV1Message message) implements V1Decoded {}

    /** A piece of a message, for {@link FragmentReassembler}. */
    record Fragment(IsakmpHeader header, FragmentPayload payload) implements V1Decoded {}
}
