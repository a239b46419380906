package dev.culvert.ike.v2.keymat;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.Prf;
import dev.culvert.crypto.SecretBytes;
import java.util.List;
import java.util.Optional;

/**
 * The keys of a child SA (RFC 7296 §2.17): those for traffic from the exchange's initiator first, encryption before
 * integrity.
 */
public record ChildKeys(
        SecretBytes encryptionFromInitiator,
        SecretBytes integrityFromInitiator,
        SecretBytes encryptionFromResponder,
        SecretBytes integrityFromResponder) {

    /**
     * KEYMAT = prf+(SK_d, [g^ir (new) |] Ni | Nr).
     *
     * @param sharedSecret of the key exchange in CREATE_CHILD_SA, if there was one
     */
    public static ChildKeys derive(
            Prf prf, SecretBytes skD, ChildSuite suite, Optional<SecretBytes> sharedSecret, byte[] ni, byte[] nr) {
        return derive(prf, skD, suite, sharedSecret, ni, nr, List.of());
    }

    /**
     * With SK(1) | SK(2) … of additional key exchanges behind: KEYMAT = prf+(SK_d, SK(0) | Ni | Nr | SK(1) | …) (RFC 9370
     * §2.2.4).
     */
    public static ChildKeys derive(
            Prf prf,
            SecretBytes skD,
            ChildSuite suite,
            Optional<SecretBytes> sharedSecret,
            byte[] ni,
            byte[] nr,
            List<SecretBytes> furtherSecrets) {
        byte[] newSecret = sharedSecret.map(SecretBytes::bytes).orElse(new byte[0]);
        int encryptionKey = suite.encryptionKeyLength();
        int integrityKey = suite.integrityKeyLength();
        try (SecretBytes further = SecretBytes.concat(
                        furtherSecrets.stream().map(SecretBytes::bytes).toArray(byte[][]::new));
                SecretBytes seed = SecretBytes.concat(newSecret, ni, nr, further.bytes());
                SecretBytes all = prf.plus(skD, seed.bytes(), 2 * (encryptionKey + integrityKey))) {
            KeyCutter cutter = new KeyCutter(all);
            return new ChildKeys(
                    cutter.next(encryptionKey),
                    cutter.next(integrityKey),
                    cutter.next(encryptionKey),
                    cutter.next(integrityKey));
        }
    }
}
