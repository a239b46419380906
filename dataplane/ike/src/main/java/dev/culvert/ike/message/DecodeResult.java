package dev.culvert.ike.message;

/** What a datagram is, as far as it can be told without keys. Nothing in it is authenticated. */
public sealed interface DecodeResult permits DecodeResult.Ok, DecodeResult.Encrypted, UnprotectedError {

    /**
     * A whole message in the clear that has the payloads its exchange needs: IKE_SA_INIT, IKE_SESSION_RESUME, or an
     * INFORMATIONAL outside of any SA (RFC 7296 §1.5).
     */
    record Ok(IkeMessage message) implements DecodeResult {}

    /** A message with an SK or SKF payload, to be opened with the cipher of the SA in its header. */
    record Encrypted(EncryptedMessage message) implements DecodeResult {}
}
