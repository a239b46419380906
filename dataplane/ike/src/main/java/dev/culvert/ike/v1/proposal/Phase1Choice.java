package dev.culvert.ike.v1.proposal;

import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.IntegrityAlgorithm;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.PrfAlgorithm;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.Transform;
import dev.culvert.crypto.TransformType;
import dev.culvert.ike.v1.auth.AuthenticationMethod;
import dev.culvert.ike.v1.message.Attribute;
import dev.culvert.ike.v1.message.TransformPayload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a transform of phase 1 says, but for its lifetime (RFC 2409 appendix A).
 *
 * @param keyLengthBits 0 where the algorithm has one length
 */
record Phase1Choice(int encryption, int keyLengthBits, int hash, int group, int method) {
    static final int ENCRYPTION = 1;
    static final int HASH = 2;
    static final int METHOD = 3;
    static final int GROUP = 4;
    static final int GROUP_TYPE = 5;
    static final int PRF = 13;
    static final int KEY_LENGTH = 14;

    /** A group by its number says what the group's type says, too. */
    private static final Set<Integer> UNDERSTOOD = Set.of(ENCRYPTION, HASH, METHOD, GROUP, GROUP_TYPE, KEY_LENGTH);

    private static final int AES_CBC = 7;
    /** RFC 3602 §2.1: the default key size, for those who leave the attribute out. */
    private static final int AES_DEFAULT_BITS = 128;

    /** Empty for a transform that says more than this, or less. */
    static Optional<Phase1Choice> of(TransformPayload transform) {
        AttributeReader in = new AttributeReader(transform, UNDERSTOOD, Lifetime.Numbering.PHASE_1);
        int encryption = in.value(ENCRYPTION);
        int keyLength = in.value(KEY_LENGTH);
        if (encryption != AES_CBC) {
            keyLength = 0;
        } else if (keyLength == 0) {
            keyLength = AES_DEFAULT_BITS;
        }
        Phase1Choice choice =
                new Phase1Choice(encryption, keyLength, in.value(HASH), in.value(GROUP), in.value(METHOD));
        return in.isUsable() ? Optional.of(choice) : Optional.empty();
    }

    /** All that the configured proposals allow, most preferred first, with the suites that they mean. */
    static Map<Phase1Choice, IkeSuite> all(List<Proposal> configured, AuthenticationMethod method) {
        Map<Phase1Choice, IkeSuite> choices = new LinkedHashMap<>();
        for (Proposal proposal : configured) {
            for (Transform cipher : proposal.transforms(TransformType.ENCRYPTION)) {
                for (Transform integrity : proposal.transforms(TransformType.INTEGRITY)) {
                    for (KeyExchangeMethod keyExchange : proposal.keyExchangeMethods()) {
                        add(choices, proposal, cipher, integrity, keyExchange, method);
                    }
                }
            }
        }
        return choices;
    }

    private static void add(
            Map<Phase1Choice, IkeSuite> choices,
            Proposal proposal,
            Transform cipher,
            Transform integrity,
            KeyExchangeMethod keyExchange,
            AuthenticationMethod method) {
        EncryptionAlgorithm encryption = EncryptionAlgorithm.byId(cipher.id()).orElse(null);
        IntegrityAlgorithm mac = IntegrityAlgorithm.byId(integrity.id()).orElse(null);
        if (encryption == null || mac == null) {
            return;
        }
        int encryptionNumber = Numbers.phase1Encryption(encryption).orElse(Numbers.NONE);
        int hash = Numbers.phase1Hash(mac).orElse(Numbers.NONE);
        int group = Numbers.group(keyExchange).orElse(Numbers.NONE);
        PrfAlgorithm prf = PrfAlgorithm.byId(Numbers.phase1Prf(hash)).orElse(null);
        boolean said = encryptionNumber != Numbers.NONE && hash != Numbers.NONE && group != Numbers.NONE;
        if (!said || prf == null || !proposal.transforms(TransformType.PRF).contains(Transform.of(prf))) {
            return;
        }
        int bits = cipher.keyLengthBits();
        choices.putIfAbsent(
                new Phase1Choice(encryptionNumber, bits, hash, group, method.id()),
                new IkeSuite(
                        encryption,
                        bits == 0 ? encryption.keyLengthsBits().getFirst() : bits,
                        Optional.of(mac),
                        prf,
                        keyExchange));
    }

    List<Attribute> attributes() {
        List<Attribute> attributes = new ArrayList<>();
        attributes.add(Attribute.of(ENCRYPTION, encryption));
        if (keyLengthBits != 0) {
            attributes.add(Attribute.of(KEY_LENGTH, keyLengthBits));
        }
        attributes.add(Attribute.of(HASH, hash));
        attributes.add(Attribute.of(GROUP, group));
        attributes.add(Attribute.of(METHOD, method));
        return attributes;
    }
}
