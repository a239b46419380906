package dev.culvert.agent.keylog;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.IkeSuite;
import java.util.Optional;

/** What Wireshark's tables call algorithms (its packet-isakmp.c and packet-ipsec.c, 4.0). Empty where they know none. */
final class WiresharkNames {
    private WiresharkNames() {}

    static Optional<String> encryption(IkeSuite suite) {
        String size = "-" + suite.keyLengthBits();
        return Optional.ofNullable(
                switch (suite.encryption().id()) {
                    case 3 -> "3DES [RFC2451]";
                    case 12 -> "AES-CBC" + size + " [RFC3602]";
                    case 14 -> "AES-CCM" + size + " with 8 octet ICV [RFC5282]";
                    case 15 -> "AES-CCM" + size + " with 12 octet ICV [RFC5282]";
                    case 16 -> "AES-CCM" + size + " with 16 octet ICV [RFC5282]";
                    case 18 -> "AES-GCM" + size + " with 8 octet ICV [RFC5282]";
                    case 19 -> "AES-GCM" + size + " with 12 octet ICV [RFC5282]";
                    case 20 -> "AES-GCM" + size + " with 16 octet ICV [RFC5282]";
                    default -> null;
                });
    }

    static Optional<String> integrity(IkeSuite suite) {
        return suite.integrity()
                .map(algorithm -> Optional.ofNullable(
                        switch (algorithm.id()) {
                            case 1 -> "HMAC_MD5_96 [RFC2403]";
                            case 2 -> "HMAC_SHA1_96 [RFC2404]";
                            case 12 -> "HMAC_SHA2_256_128 [RFC4868]";
                            case 13 -> "HMAC_SHA2_384_192 [RFC4868]";
                            case 14 -> "HMAC_SHA2_512_256 [RFC4868]";
                            default -> null;
                        }))
                .orElseGet(() -> Optional.of("NONE [RFC4306]"));
    }

    static Optional<String> encryption(ChildSuite suite) {
        EncryptionAlgorithm algorithm = suite.encryption();
        return Optional.ofNullable(
                switch (algorithm.id()) {
                    case 3 -> "TripleDES-CBC [RFC2451]";
                    case 11 -> "NULL";
                    case 12 -> "AES-CBC [RFC3602]";
                    case 13 -> "AES-CTR [RFC3686]";
                    case 18 -> "AES-GCM with 8 octet ICV [RFC4106]";
                    case 19 -> "AES-GCM with 12 octet ICV [RFC4106]";
                    case 20 -> "AES-GCM with 16 octet ICV [RFC4106]";
                    default -> null;
                });
    }

    static Optional<String> integrity(ChildSuite suite) {
        return suite.integrity()
                .map(algorithm -> Optional.ofNullable(
                        switch (algorithm.id()) {
                            case 1 -> "HMAC-MD5-96 [RFC2403]";
                            case 2 -> "HMAC-SHA-1-96 [RFC2404]";
                            case 12 -> "HMAC-SHA-256-128 [RFC4868]";
                            case 13 -> "HMAC-SHA-384-192 [RFC4868]";
                            case 14 -> "HMAC-SHA-512-256 [RFC4868]";
                            default -> null;
                        }))
                .orElseGet(() -> Optional.of("NULL"));
    }
}
