package dev.culvert.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The algorithms of an IKE SA.
 *
 * @param keyLengthBits of the encryption key, without a salt; also where the wire leaves the attribute out
 * @param integrity absent with a combined-mode encryption algorithm, and only then
 * @param additionalKeyExchanges behind the first one, in their order (RFC 9370)
 */
public record IkeSuite(
        EncryptionAlgorithm encryption,
        int keyLengthBits,
        Optional<IntegrityAlgorithm> integrity,
        PrfAlgorithm prf,
        KeyExchangeMethod keyExchange,
        List<AdditionalKeyExchange> additionalKeyExchanges) {
    public IkeSuite {
        Suites.check(encryption, keyLengthBits, integrity);
        if (!encryption.isConfidential()) {
            throw new IllegalArgumentException("IKE with " + encryption);
        }
        additionalKeyExchanges = List.copyOf(additionalKeyExchanges);
    }

    /** One without additional key exchanges. */
    public IkeSuite(
            EncryptionAlgorithm encryption,
            int keyLengthBits,
            Optional<IntegrityAlgorithm> integrity,
            PrfAlgorithm prf,
            KeyExchangeMethod keyExchange) {
        this(encryption, keyLengthBits, integrity, prf, keyExchange, List.of());
    }

    /**
     * @throws IllegalArgumentException when the proposal does not name exactly one supported algorithm of each type; what
     *     {@link Negotiation} chose from configured proposals always does
     */
    public static IkeSuite of(Proposal chosen) {
        Suites.requireProtocol(chosen, SecurityProtocol.IKE);
        Transform cipher = Suites.only(chosen, TransformType.ENCRYPTION)
                .orElseThrow(() -> Suites.missing(chosen, TransformType.ENCRYPTION));
        EncryptionAlgorithm encryption = Suites.encryption(cipher);
        return new IkeSuite(
                encryption,
                Suites.keyLengthBits(encryption, cipher),
                Suites.integrity(chosen),
                Suites.only(chosen, TransformType.PRF)
                        .flatMap(t -> PrfAlgorithm.byId(t.id()))
                        .orElseThrow(() -> Suites.missing(chosen, TransformType.PRF)),
                Suites.keyExchange(chosen).orElseThrow(() -> Suites.missing(chosen, TransformType.KEY_EXCHANGE)),
                Suites.additional(chosen));
    }

    /** Octets of SK_ei and SK_er each, the salt included (RFC 5282 §7.1). */
    public int encryptionKeyLength() {
        return keyLengthBits / Byte.SIZE + encryption.saltLength();
    }

    /** Octets of SK_ai and SK_ar each; 0 with a combined mode. */
    public int integrityKeyLength() {
        return integrity.map(IntegrityAlgorithm::keyLength).orElse(0);
    }

    /** Octets of SK_d, SK_pi and SK_pr each. */
    public int prfKeyLength() {
        return prf.keyLength();
    }

    /** The proposal that names exactly this suite. */
    public Proposal proposal() {
        List<Transform> transforms = new ArrayList<>();
        transforms.add(Transform.of(encryption, keyLengthBits));
        transforms.add(Transform.of(prf));
        integrity.ifPresent(i -> transforms.add(Transform.of(i)));
        transforms.add(Transform.of(keyExchange));
        additionalKeyExchanges.forEach(a -> transforms.add(a.transform()));
        return new Proposal(SecurityProtocol.IKE, transforms);
    }

    /** strongSwan's keywords. */
    public String keywords() {
        return ProposalKeywords.print(proposal());
    }

    @Override
    public String toString() {
        return keywords();
    }
}
