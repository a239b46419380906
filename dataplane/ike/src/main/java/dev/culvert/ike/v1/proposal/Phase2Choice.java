package dev.culvert.ike.v1.proposal;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.IntegrityAlgorithm;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.crypto.Transform;
import dev.culvert.crypto.TransformType;
import dev.culvert.ike.v1.message.Attribute;
import dev.culvert.ike.v1.message.ProtocolId;
import dev.culvert.ike.v1.message.TransformPayload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a transform of phase 2 says, but for encapsulation mode and lifetime (RFC 2407 §4.4, §4.5).
 *
 * @param protocolId AH or ESP
 * @param transformId an encryption algorithm of ESP, an authentication algorithm of AH
 * @param keyLengthBits 0 where the algorithm has one length
 * @param authentication 0 for none
 * @param group 0 without PFS
 * @param esn extended sequence numbers (RFC 4304)
 */
record Phase2Choice(int protocolId, int transformId, int keyLengthBits, int authentication, int group, boolean esn) {
    static final int GROUP = 3;
    static final int MODE = 4;
    static final int AUTHENTICATION = 5;
    static final int KEY_LENGTH = 6;
    static final int EXTENDED_SEQUENCE_NUMBERS = 11;

    private static final Set<Integer> UNDERSTOOD =
            Set.of(GROUP, MODE, AUTHENTICATION, KEY_LENGTH, EXTENDED_SEQUENCE_NUMBERS);
    private static final int ESN_64_BIT = 1;
    private static final int AES_CBC = 12;
    /** RFC 3602 §2.1: the default key size, for those who leave the attribute out. */
    private static final int AES_DEFAULT_BITS = 128;

    /** A choice and the encapsulation mode beside it, 0 if it is not said. */
    record Read(Phase2Choice choice, int mode) {}

    /** Empty for a transform that says more than this, or contradicts itself. */
    static Optional<Read> of(int protocolId, TransformPayload transform) {
        AttributeReader in = new AttributeReader(transform, UNDERSTOOD, Lifetime.Numbering.PHASE_2);
        int id = transform.transformId();
        int keyLength = in.value(KEY_LENGTH);
        int authentication = in.value(AUTHENTICATION);
        if (protocolId == ProtocolId.AH) {
            keyLength = 0;
        } else if (Numbers.esp(id).filter(a -> !a.hasKeyLengthAttribute()).isPresent()) {
            keyLength = 0;
        } else if (id == AES_CBC && keyLength == 0) {
            keyLength = AES_DEFAULT_BITS;
        }
        int esn = in.value(EXTENDED_SEQUENCE_NUMBERS);
        Phase2Choice choice =
                new Phase2Choice(protocolId, id, keyLength, authentication, in.value(GROUP), esn == ESN_64_BIT);
        int mode = in.value(MODE);
        return in.isUsable() && esn <= ESN_64_BIT ? Optional.of(new Read(choice, mode)) : Optional.empty();
    }

    /** All that the configured proposals allow, most preferred first, with the suites that they mean. */
    static Map<Phase2Choice, ChildSuite> all(List<Proposal> configured) {
        Map<Phase2Choice, ChildSuite> choices = new LinkedHashMap<>();
        configured.forEach(proposal -> all(proposal, choices));
        return choices;
    }

    /** The same of one proposal. */
    static Map<Phase2Choice, ChildSuite> all(Proposal proposal) {
        Map<Phase2Choice, ChildSuite> choices = new LinkedHashMap<>();
        all(proposal, choices);
        return choices;
    }

    private static void all(Proposal proposal, Map<Phase2Choice, ChildSuite> choices) {
        List<Transform> ciphers = proposal.protocol() == SecurityProtocol.AH
                ? List.of(Transform.of(EncryptionAlgorithm.NULL, 0))
                : proposal.transforms(TransformType.ENCRYPTION);
        for (Transform cipher : ciphers) {
            EncryptionAlgorithm encryption =
                    EncryptionAlgorithm.byId(cipher.id()).orElse(null);
            if (encryption == null) {
                continue;
            }
            for (Optional<IntegrityAlgorithm> integrity : integrities(proposal, encryption)) {
                for (Optional<KeyExchangeMethod> group : groups(proposal)) {
                    for (boolean esn : esns(proposal)) {
                        add(choices, proposal.protocol(), cipher, encryption, integrity, group, esn);
                    }
                }
            }
        }
    }

    private static List<Optional<IntegrityAlgorithm>> integrities(Proposal proposal, EncryptionAlgorithm encryption) {
        if (encryption.isAead()) {
            return List.of(Optional.empty());
        }
        return proposal.transforms(TransformType.INTEGRITY).stream()
                .map(t -> IntegrityAlgorithm.byId(t.id()))
                .filter(Optional::isPresent)
                .toList();
    }

    /** None at all means no PFS, as NONE among them does. */
    static List<Optional<KeyExchangeMethod>> groups(Proposal proposal) {
        List<Transform> transforms = proposal.transforms(TransformType.KEY_EXCHANGE);
        if (transforms.isEmpty()) {
            return List.of(Optional.empty());
        }
        return transforms.stream()
                .map(t -> KeyExchangeMethod.byId(t.id()))
                .filter(method -> method.map(m -> Numbers.group(m).isPresent()).orElse(true))
                .toList();
    }

    private static List<Boolean> esns(Proposal proposal) {
        List<Transform> transforms = proposal.transforms(TransformType.EXTENDED_SEQUENCE_NUMBERS);
        return transforms.isEmpty()
                ? List.of(false)
                : transforms.stream().map(Transform.ESN::equals).toList();
    }

    private static void add(
            Map<Phase2Choice, ChildSuite> choices,
            SecurityProtocol protocol,
            Transform cipher,
            EncryptionAlgorithm encryption,
            Optional<IntegrityAlgorithm> integrity,
            Optional<KeyExchangeMethod> group,
            boolean esn) {
        int authentication = integrity.flatMap(Numbers::authentication).orElse(Numbers.NONE);
        int transform = protocol == SecurityProtocol.AH
                ? Numbers.ah(authentication)
                : Numbers.esp(encryption).orElse(Numbers.NONE);
        if (transform == Numbers.NONE || (integrity.isPresent() && authentication == Numbers.NONE)) {
            return;
        }
        int bits = cipher.keyLengthBits();
        choices.putIfAbsent(
                new Phase2Choice(
                        protocol.id(),
                        transform,
                        bits,
                        authentication,
                        group.map(KeyExchangeMethod::id).orElse(Numbers.NONE),
                        esn),
                new ChildSuite(
                        protocol,
                        encryption,
                        bits == 0 ? encryption.keyLengthsBits().getFirst() : bits,
                        integrity,
                        group,
                        esn));
    }

    List<Attribute> attributes(EncapsulationMode mode) {
        List<Attribute> attributes = new ArrayList<>();
        add(attributes, GROUP, group);
        add(attributes, MODE, mode.id());
        add(attributes, AUTHENTICATION, authentication);
        add(attributes, KEY_LENGTH, keyLengthBits);
        add(attributes, EXTENDED_SEQUENCE_NUMBERS, esn ? ESN_64_BIT : 0);
        return attributes;
    }

    private static void add(List<Attribute> attributes, int type, int value) {
        if (value != 0) {
            attributes.add(Attribute.of(type, value));
        }
    }
}
