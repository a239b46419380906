package dev.culvert.ike.v2.keymat;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.Prf;
import dev.culvert.crypto.SecretBytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The keys of an IKE SA (RFC 7296 §2.14): SK_d for child SAs and rekeying, SK_a and SK_e for messages from initiator (i)
 * and responder (r), the encryption keys with their salt, SK_p for authentication.
 */
public record IkeKeys(
        SecretBytes skD,
        SecretBytes skAi,
        SecretBytes skAr,
        SecretBytes skEi,
        SecretBytes skEr,
        SecretBytes skPi,
        SecretBytes skPr)
        implements AutoCloseable {

    /** SKEYSEED = prf(Ni | Nr, g^ir); some PRFs take only the beginning of each nonce for their key. */
    public static IkeKeys initial(
            IkeSuite suite, SecretBytes sharedSecret, byte[] ni, byte[] nr, long spiInitiator, long spiResponder) {
        int most = suite.prf().seedOctetsOfNonce();
        try (SecretBytes key = SecretBytes.concat(
                        Arrays.copyOf(ni, Math.min(most, ni.length)), Arrays.copyOf(nr, Math.min(most, nr.length)));
                SecretBytes seed = Prf.of(suite.prf()).compute(key, sharedSecret.bytes())) {
            return expand(suite, seed, ni, nr, spiInitiator, spiResponder);
        }
    }

    /**
     * SKEYSEED = prf(SK_d (old), g^ir (new) | Ni | Nr), with the PRF of the old SA (RFC 7296 §2.18).
     *
     * @param spiInitiator SPIs of the new SA, whose initiator is that of the rekeying
     */
    public static IkeKeys rekeyed(
            IkeSuite suite,
            Prf oldPrf,
            SecretBytes oldSkD,
            SecretBytes sharedSecret,
            byte[] ni,
            byte[] nr,
            long spiInitiator,
            long spiResponder) {
        return rekeyed(suite, oldPrf, oldSkD, sharedSecret, ni, nr, List.of(), spiInitiator, spiResponder);
    }

    /** With SK(1) | SK(2) … of additional key exchanges behind the nonces (RFC 9370 §2.2.4). */
    public static IkeKeys rekeyed(
            IkeSuite suite,
            Prf oldPrf,
            SecretBytes oldSkD,
            SecretBytes sharedSecret,
            byte[] ni,
            byte[] nr,
            List<SecretBytes> furtherSecrets,
            long spiInitiator,
            long spiResponder) {
        try (SecretBytes further = SecretBytes.concat(
                        furtherSecrets.stream().map(SecretBytes::bytes).toArray(byte[][]::new));
                SecretBytes seed = oldPrf.compute(oldSkD, sharedSecret.bytes(), ni, nr, further.bytes())) {
            return expand(suite, seed, ni, nr, spiInitiator, spiResponder);
        }
    }

    /**
     * After an additional key exchange in IKE_INTERMEDIATE: SKEYSEED(n) = prf(SK_d(n-1), SK(n) | Ni | Nr), with the nonces
     * and SPIs of IKE_SA_INIT (RFC 9370 §2.2.2).
     */
    public IkeKeys further(
            IkeSuite suite, SecretBytes sharedSecret, byte[] ni, byte[] nr, long spiInitiator, long spiResponder) {
        return rekeyed(suite, Prf.of(suite.prf()), skD, sharedSecret, ni, nr, spiInitiator, spiResponder);
    }

    /** SK_d = prf+ (PPK, SK_d'), and so SK_pi and SK_pr; the others stay (RFC 8784 §3). */
    public IkeKeys mixedWith(Prf prf, SecretBytes ppk) {
        return new IkeKeys(
                prf.plus(ppk, skD.bytes(), skD.length()),
                skAi.copy(),
                skAr.copy(),
                skEi.copy(),
                skEr.copy(),
                prf.plus(ppk, skPi.bytes(), skPi.length()),
                prf.plus(ppk, skPr.bytes(), skPr.length()));
    }

    /** {SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr} = prf+ (SKEYSEED, Ni | Nr | SPIi | SPIr). */
    static IkeKeys expand(
            IkeSuite suite, SecretBytes skeyseed, byte[] ni, byte[] nr, long spiInitiator, long spiResponder) {
        byte[] seed = ByteBuffer.allocate(ni.length + nr.length + 2 * Long.BYTES)
                .put(ni)
                .put(nr)
                .putLong(spiInitiator)
                .putLong(spiResponder)
                .array();
        int prfKey = suite.prfKeyLength();
        int integrityKey = suite.integrityKeyLength();
        int encryptionKey = suite.encryptionKeyLength();
        try (SecretBytes all =
                Prf.of(suite.prf()).plus(skeyseed, seed, 3 * prfKey + 2 * integrityKey + 2 * encryptionKey)) {
            KeyCutter cutter = new KeyCutter(all);
            return new IkeKeys(
                    cutter.next(prfKey),
                    cutter.next(integrityKey),
                    cutter.next(integrityKey),
                    cutter.next(encryptionKey),
                    cutter.next(encryptionKey),
                    cutter.next(prfKey),
                    cutter.next(prfKey));
        }
    }

    /** Zeroes all keys. */
    @Override
    public void close() {
        skD.close();
        skAi.close();
        skAr.close();
        skEi.close();
        skEr.close();
        skPi.close();
        skPr.close();
    }
}
