package dev.culvert.crypto;

import java.util.List;
import java.util.Optional;

/**
 * Encryption algorithms that this implementation runs, for IKE and for ESP, under their IANA transform IDs (type 1).
 * All lengths are octets unless the name says bits.
 */
public enum EncryptionAlgorithm {
    /** RFC 2451; only when named. Its key length attribute is never sent (RFC 7296 §3.3.5). */
    TRIPLE_DES_CBC(3, "3des", 8, 0, 0, 8),
    /** RFC 2410, for ESP only and only when named: integrity without confidentiality. */
    NULL(11, "null", 0, 0, 0, 1),
    /** RFC 3602. */
    AES_CBC(12, "", 16, 0, 0, 16),
    /** RFC 3686 for ESP, RFC 5930 for IKE. */
    AES_CTR(13, "ctr", 8, 4, 0, 1),
    /** RFC 4309 for ESP, RFC 5282 for IKE. */
    AES_CCM_8(14, "ccm8", 8, 3, 8, 1),
    AES_CCM_12(15, "ccm12", 8, 3, 12, 1),
    AES_CCM_16(16, "ccm16", 8, 3, 16, 1),
    /** RFC 4106 for ESP, RFC 5282 for IKE. */
    AES_GCM_8(18, "gcm8", 8, 4, 8, 1),
    AES_GCM_12(19, "gcm12", 8, 4, 12, 1),
    AES_GCM_16(20, "gcm16", 8, 4, 16, 1),
    /** ENCR_NULL_AUTH_AES_GMAC (RFC 4543), for ESP only and only when named: integrity without confidentiality. */
    NULL_AES_GMAC(21, "gmac", 8, 4, 16, 1),
    /** RFC 7634: the key length attribute is never sent. */
    CHACHA20_POLY1305(28, "chacha20poly1305", 8, 4, 16, 1);

    private static final List<Integer> AES_KEYS = List.of(128, 192, 256);

    private final int id;
    private final String name;
    private final int ivLength;
    private final int saltLength;
    private final int icvLength;
    private final int blockSize;

    EncryptionAlgorithm(int id, String name, int ivLength, int saltLength, int icvLength, int blockSize) {
        this.id = id;
        this.name = name;
        this.ivLength = ivLength;
        this.saltLength = saltLength;
        this.icvLength = icvLength;
        this.blockSize = blockSize;
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

    /** The ICV of a combined-mode algorithm; 0 for others, whose ICV is the integrity algorithm's. */
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

    /** Whether it hides what it carries. What does not is for ESP alone (RFC 7296 §5, RFC 4543 §5). */
    public boolean isConfidential() {
        return this != NULL && this != NULL_AES_GMAC;
    }

    /** Too weak to be proposed unless a person names it (RFC 8221 §5, RFC 8247 §2.1). */
    public boolean isWeak() {
        return this == TRIPLE_DES_CBC || !isConfidential();
    }

    /** Whether the transform carries the Key Length attribute (RFC 7296 §3.3.5). */
    public boolean hasKeyLengthAttribute() {
        return switch (this) {
            case TRIPLE_DES_CBC, NULL, CHACHA20_POLY1305 -> false;
            case AES_CBC,
                    AES_CTR,
                    AES_CCM_8,
                    AES_CCM_12,
                    AES_CCM_16,
                    AES_GCM_8,
                    AES_GCM_12,
                    AES_GCM_16,
                    NULL_AES_GMAC -> true;
        };
    }

    /** Key lengths in bits, without the salt; those of DES count the parity bits. */
    public List<Integer> keyLengthsBits() {
        return switch (this) {
            case TRIPLE_DES_CBC -> List.of(192);
            case NULL -> List.of(0);
            case CHACHA20_POLY1305 -> List.of(256);
            default -> AES_KEYS;
        };
    }

    /** strongSwan's keyword, for example {@code aes256gcm16}. */
    public String keyword(int keyLengthBits) {
        return hasKeyLengthAttribute() ? "aes" + keyLengthBits + name : name;
    }

    public static Optional<EncryptionAlgorithm> byId(int id) {
        return Ids.find(values(), EncryptionAlgorithm::id, id);
    }
}
