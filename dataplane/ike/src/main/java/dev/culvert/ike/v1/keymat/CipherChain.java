package dev.culvert.ike.v1.keymat;

import dev.culvert.crypto.CbcCipher;
import dev.culvert.ike.message.Bytes;
import java.util.Arrays;
import java.util.Optional;

/**
 * The encryption of one exchange's messages, each with the last block of the one before as its IV, whichever side sent
 * that (RFC 2409 §5 and appendix B). Phase 1 has one chain, each message ID of phase 2 one of its own.
 *
 * <p>A message that was decrypted moves the chain only when {@link #accept} says so: one that is repeated, late or forged
 * decrypts to something else than payloads with the right HASH, and has to leave the chain where it is. A message of ours
 * that is sent again is sent as it was, and is not sealed a second time.
 */
public final class CipherChain {
    private final CbcCipher cipher;
    private byte[] iv;

    CipherChain(CbcCipher cipher, byte[] iv) {
        this.cipher = cipher;
        this.iv = iv;
    }

    /**
     * A decrypted message.
     *
     * @param payloads with their padding behind: zeros as we have it, anything at all from others
     * @param nextIv the last block of the message
     */
    public record Opened(Bytes payloads, Bytes nextIv) {}

    /** The message behind its header, encrypted with padding by zeros; the next one follows on it. */
    public byte[] seal(byte[] payloads) {
        int block = cipher.blockSize();
        byte[] padded = Arrays.copyOf(payloads, (payloads.length + block - 1) / block * block);
        byte[] sealed = cipher.encrypt(iv, padded);
        Arrays.fill(padded, (byte) 0);
        if (sealed.length > 0) {
            iv = Arrays.copyOfRange(sealed, sealed.length - block, sealed.length);
        }
        return sealed;
    }

    /** Decrypts what is behind the header of a message; empty if that is nothing, or no number of whole blocks. */
    public Optional<Opened> open(Bytes sealed) {
        int block = cipher.blockSize();
        if (sealed.isEmpty() || sealed.length() % block != 0) {
            return Optional.empty();
        }
        return Optional.of(new Opened(
                Bytes.of(cipher.decrypt(iv, sealed.toArray())), sealed.slice(sealed.length() - block, block)));
    }

    /** The message was the peer's, and the next one of the exchange: what comes now follows on it. */
    public void accept(Opened message) {
        iv = message.nextIv().toArray();
    }

    /** Undoes {@link #accept}: a message turned out to be none of the peer's. */
    public void restore(Bytes lastBlock) {
        iv = lastBlock.toArray();
    }

    /** The last block so far, or the IV that the chain began with. */
    public Bytes lastBlock() {
        return Bytes.of(iv);
    }
}
