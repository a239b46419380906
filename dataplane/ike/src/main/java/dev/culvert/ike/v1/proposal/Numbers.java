package dev.culvert.ike.v1.proposal;

import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.IntegrityAlgorithm;
import dev.culvert.crypto.KeyExchangeMethod;
import java.util.Map;
import java.util.Optional;

/**
 * IKEv1's numbers for algorithms, against those of IKEv2 under which {@code crypto} knows them. Where the latter says
 * nothing, IKEv1 has no number and cannot propose the algorithm.
 */
final class Numbers {
    /** Of an algorithm that is not there: no group, no authentication algorithm. */
    static final int NONE = 0;

    /** IANA "Encryption Algorithms" of phase 1, against transform type 1. */
    private static final Map<Integer, Integer> PHASE_1_ENCRYPTION = Map.of(5, 3, 7, 12);

    /** IANA "Hash Algorithms" of phase 1, against transform type 3. */
    private static final Map<Integer, Integer> PHASE_1_HASH = Map.of(1, 1, 2, 2, 4, 12, 5, 13, 6, 14);

    /** The PRF that follows from a hash (RFC 2409 §4), as transform type 2. */
    private static final Map<Integer, Integer> PHASE_1_PRF = Map.of(1, 1, 2, 2, 4, 5, 5, 6, 6, 7);

    /** IANA "IPSEC ESP Transform Identifiers", against transform type 1. GMAC is the one that differs. */
    private static final Map<Integer, Integer> ESP = Map.ofEntries(
            Map.entry(3, 3),
            Map.entry(11, 11),
            Map.entry(12, 12),
            Map.entry(13, 13),
            Map.entry(14, 14),
            Map.entry(15, 15),
            Map.entry(16, 16),
            Map.entry(18, 18),
            Map.entry(19, 19),
            Map.entry(20, 20),
            Map.entry(23, 21));

    /** IANA "Authentication Algorithm" of phase 2, against transform type 3. */
    private static final Map<Integer, Integer> AUTHENTICATION = Map.of(1, 1, 2, 2, 5, 12, 6, 13, 7, 14, 9, 5);

    /** IANA "IPSEC AH Transform Identifiers" for an authentication algorithm. */
    private static final Map<Integer, Integer> AH = Map.of(1, 2, 2, 3, 5, 5, 6, 6, 7, 7, 9, 9);

    /** 96 bits of HMAC-SHA2-256, as peers with the drafts before RFC 4868 mean number 5. */
    private static final int HMAC_SHA2_256 = 5;

    /** The last of RFC 5903's groups, and Brainpool's of RFC 6932. IKEv2 numbers groups as IKEv1 does. */
    private static final int LAST_ECP = 21;

    private static final int FIRST_BRAINPOOL = 28;
    private static final int LAST_BRAINPOOL = 30;

    private Numbers() {}

    static Optional<Integer> phase1Encryption(EncryptionAlgorithm algorithm) {
        return reverse(PHASE_1_ENCRYPTION, algorithm.id());
    }

    static Optional<EncryptionAlgorithm> phase1Encryption(int number) {
        return Optional.ofNullable(PHASE_1_ENCRYPTION.get(number)).flatMap(EncryptionAlgorithm::byId);
    }

    static Optional<Integer> phase1Hash(IntegrityAlgorithm algorithm) {
        return reverse(PHASE_1_HASH, algorithm.id());
    }

    static Optional<IntegrityAlgorithm> phase1Hash(int number) {
        return Optional.ofNullable(PHASE_1_HASH.get(number)).flatMap(IntegrityAlgorithm::byId);
    }

    /** Transform type 2's number of the PRF that belongs to a hash; 0 for an unknown one. */
    static int phase1Prf(int hash) {
        return PHASE_1_PRF.getOrDefault(hash, NONE);
    }

    static Optional<Integer> esp(EncryptionAlgorithm algorithm) {
        return reverse(ESP, algorithm.id());
    }

    static Optional<EncryptionAlgorithm> esp(int number) {
        return Optional.ofNullable(ESP.get(number)).flatMap(EncryptionAlgorithm::byId);
    }

    static Optional<Integer> authentication(IntegrityAlgorithm algorithm) {
        return algorithm == IntegrityAlgorithm.HMAC_SHA2_256_96
                ? Optional.of(HMAC_SHA2_256)
                : reverse(AUTHENTICATION, algorithm.id());
    }

    static Optional<IntegrityAlgorithm> authentication(int number) {
        return Optional.ofNullable(AUTHENTICATION.get(number)).flatMap(IntegrityAlgorithm::byId);
    }

    /** AH's transform for an authentication algorithm's number; 0 if it has none. */
    static int ah(int authentication) {
        return AH.getOrDefault(authentication, NONE);
    }

    static Optional<Integer> group(KeyExchangeMethod method) {
        boolean known = method.id() <= LAST_ECP || (method.id() >= FIRST_BRAINPOOL && method.id() <= LAST_BRAINPOOL);
        return known ? Optional.of(method.id()) : Optional.empty();
    }

    private static Optional<Integer> reverse(Map<Integer, Integer> numbers, int id) {
        return numbers.entrySet().stream()
                .filter(entry -> entry.getValue() == id)
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
