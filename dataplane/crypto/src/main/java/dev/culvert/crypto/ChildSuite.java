package dev.culvert.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The algorithms of a child SA.
 *
 * @param protocol ESP or AH
 * @param encryption {@link EncryptionAlgorithm#NULL} with AH, which has none
 * @param keyLengthBits of the encryption key, without a salt; also where the wire leaves the attribute out
 * @param integrity absent with a combined-mode encryption algorithm, and only then
 * @param keyExchange present when the child SA was made with its own key exchange (PFS)
 * @param esn extended sequence numbers (RFC 4303 §2.2.1)
 * @param additionalKeyExchanges behind the first one, in their order (RFC 9370); empty for the child SA of IKE_AUTH
 */
public record ChildSuite(
        SecurityProtocol protocol,
        EncryptionAlgorithm encryption,
        int keyLengthBits,
        Optional<IntegrityAlgorithm> integrity,
        Optional<KeyExchangeMethod> keyExchange,
        boolean esn,
        List<AdditionalKeyExchange> additionalKeyExchanges) {
    public ChildSuite {
        additionalKeyExchanges = List.copyOf(additionalKeyExchanges);
        if (protocol == SecurityProtocol.IKE) {
            throw new IllegalArgumentException("a child SA of protocol IKE");
        }
        if (protocol == SecurityProtocol.AH && encryption != EncryptionAlgorithm.NULL) {
            throw new IllegalArgumentException("AH with " + encryption);
        }
        Suites.check(encryption, keyLengthBits, integrity);
    }

    /** One without additional key exchanges. */
    public ChildSuite(
            SecurityProtocol protocol,
            EncryptionAlgorithm encryption,
            int keyLengthBits,
            Optional<IntegrityAlgorithm> integrity,
            Optional<KeyExchangeMethod> keyExchange,
            boolean esn) {
        this(protocol, encryption, keyLengthBits, integrity, keyExchange, esn, List.of());
    }

    /**
     * @throws IllegalArgumentException when the proposal does not name exactly one supported algorithm of each type; what
     *     {@link Negotiation} chose from configured proposals always does
     */
    public static ChildSuite of(Proposal chosen) {
        Transform cipher = chosen.protocol() == SecurityProtocol.AH
                ? Transform.of(EncryptionAlgorithm.NULL, 0)
                : Suites.only(chosen, TransformType.ENCRYPTION)
                        .orElseThrow(() -> Suites.missing(chosen, TransformType.ENCRYPTION));
        EncryptionAlgorithm encryption = Suites.encryption(cipher);
        boolean esn = Suites.only(chosen, TransformType.EXTENDED_SEQUENCE_NUMBERS)
                .map(Transform.ESN::equals)
                .orElse(false);
        return new ChildSuite(
                chosen.protocol(),
                encryption,
                Suites.keyLengthBits(encryption, cipher),
                Suites.integrity(chosen),
                Suites.keyExchange(chosen),
                esn,
                Suites.additional(chosen));
    }

    /** Octets of KEYMAT for encryption in one direction, the salt included (RFC 4106 §8.1). */
    public int encryptionKeyLength() {
        return keyLengthBits / Byte.SIZE + encryption.saltLength();
    }

    /** Octets of KEYMAT for integrity in one direction; 0 with a combined mode. */
    public int integrityKeyLength() {
        return integrity.map(IntegrityAlgorithm::keyLength).orElse(0);
    }

    /** Octets of the ICV at the end of every packet. */
    public int icvLength() {
        return integrity.map(IntegrityAlgorithm::icvLength).orElse(encryption.icvLength());
    }

    /** Payload, padding, Pad Length and Next Header together are a multiple of this (RFC 4303 §2.4). */
    public int padBlock() {
        return Math.max(Suites.ESP_ALIGNMENT, encryption.blockSize());
    }

    /** The proposal that names exactly this suite. */
    public Proposal proposal() {
        List<Transform> transforms = new ArrayList<>();
        if (protocol == SecurityProtocol.ESP) {
            transforms.add(Transform.of(encryption, keyLengthBits));
        }
        integrity.ifPresent(i -> transforms.add(Transform.of(i)));
        keyExchange.ifPresent(k -> transforms.add(Transform.of(k)));
        additionalKeyExchanges.forEach(a -> transforms.add(a.transform()));
        transforms.add(esn ? Transform.ESN : Transform.NO_ESN);
        return new Proposal(protocol, transforms);
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
