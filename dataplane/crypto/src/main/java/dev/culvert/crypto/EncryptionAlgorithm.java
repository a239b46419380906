package dev.culvert.crypto;

import java.util.List;
import java.util.Optional;

/**
 * Encryption algorithms that this implementation runs, for IKE and for ESP, under their IANA transform IDs (type 1).
 * All lengths are octets unless the name says bits.
 */
public enum EncryptionAlgorithm {
    /** RFC 3602. */
    AES_CBC(12, "", 16, 0, 0, 16, true),
    /** RFC 4106 for ESP, RFC 5282 for IKE: a 16-octet ICV. */
    AES_GCM_16(20, "gcm16", 8, 4, 16, 1, true),
    /** RFC 7634: the key length attribute is never sent. */
    CHACHA20_POLY1305(28, "chacha20poly1305", 8, 4, 16, 1, false);

    private final int id;
    private final String name;
    private final int ivLength;
    private final int saltLength;
    private final int icvLength;
    private final int blockSize;
    private final boolean keyLengthAttribute;

    EncryptionAlgorithm(
            int id,
            String name,
            int ivLength,
            int saltLength,
            int icvLength,
            int blockSize,
            boolean keyLengthAttribute) {
        this.id = id;
        this.name = name;
        this.ivLength = ivLength;
        this.saltLength = saltLength;
        this.icvLength = icvLength;
        this.blockSize = blockSize;
        this.keyLengthAttribute = keyLengthAttribute;
    }

    /** The IANA number, as on the wire. */
    public int id() {
        return id;
    }

    /** The explicit IV that every packet and every SK payload carries. */
    public int ivLength() {
        return ivLength;
    }

    /** The part of the nonce that comes from the keying material behind the key; 0 for CBC. */
    public int saltLength() {
        return saltLength;
    }

    /** The ICV of a combined-mode algorithm; 0 for CBC, whose ICV is the integrity algorithm's. */
    public int icvLength() {
        return icvLength;
    }

    /** The plaintext has to be a multiple of this; 1 for stream-like algorithms. */
    public int blockSize() {
        return blockSize;
    }

    /** Whether the algorithm protects integrity itself, and so excludes an integrity transform. */
    public boolean isAead() {
        return icvLength > 0;
    }

    /** Whether the transform carries the Key Length attribute (RFC 7296 §3.3.5). */
    public boolean hasKeyLengthAttribute() {
        return keyLengthAttribute;
    }

    /** Key lengths in bits, without the salt. */
    public List<Integer> keyLengthsBits() {
        return keyLengthAttribute ? List.of(128, 192, 256) : List.of(256);
    }

    /** strongSwan's keyword, for example {@code aes256gcm16}. */
    public String keyword(int keyLengthBits) {
        return keyLengthAttribute ? "aes" + keyLengthBits + name : name;
    }

    public static Optional<EncryptionAlgorithm> byId(int id) {
        return Ids.find(values(), EncryptionAlgorithm::id, id);
    }
}
