package dev.culvert.ike.v2.auth;

import dev.culvert.crypto.signature.SignatureAlgorithm;
import dev.culvert.crypto.signature.SignatureHash;
import dev.culvert.crypto.signature.SigningKey;
import dev.culvert.ike.message.AuthMethod;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a peer says of the signatures that it can check.
 *
 * @param hashes of its SIGNATURE_HASH_ALGORITHMS (RFC 7427 §4); empty if it has only the older authentication methods
 * @param announced of its SUPPORTED_AUTH_METHODS (RFC 9593), if it sent that
 */
public record PeerAbilities(Set<SignatureHash> hashes, Optional<AuthAnnouncements> announced) {
    public static final PeerAbilities NONE = new PeerAbilities(Set.of(), Optional.empty());

    public PeerAbilities {
        hashes = Set.copyOf(hashes);
    }

    /** A way to sign that the peer takes. */
    record Choice(AuthMethod method, SignatureAlgorithm algorithm) {}

    /** What its IKE_SA_INIT message says. */
    public static PeerAbilities of(IkeMessage init) {
        Set<SignatureHash> hashes = EnumSet.noneOf(SignatureHash.class);
        init.notify(NotifyType.SIGNATURE_HASH_ALGORITHMS).ifPresent(notify -> {
            for (int at = 0; at + 1 < notify.data().length(); at += 2) {
                SignatureHash.byId(notify.data().u16(at)).ifPresent(hashes::add);
            }
        });
        return new PeerAbilities(hashes, Optional.empty()).with(init);
    }

    /** The same with what a later message announces. */
    public PeerAbilities with(IkeMessage message) {
        Optional<AuthAnnouncements> said = message.notify(NotifyType.SUPPORTED_AUTH_METHODS)
                .flatMap(notify -> AuthAnnouncements.parse(notify.data()));
        return said.isPresent() ? new PeerAbilities(hashes, said) : this;
    }

    /** Our own SIGNATURE_HASH_ALGORITHMS: everything but SHA-1. */
    public static NotifyPayload hashAlgorithms() {
        List<SignatureHash> ours = new ArrayList<>(EnumSet.complementOf(EnumSet.of(SignatureHash.SHA1)));
        byte[] data = new byte[2 * ours.size()];
        for (int i = 0; i < ours.size(); i++) {
            data[2 * i + 1] = (byte) ours.get(i).id();
        }
        return NotifyPayload.of(NotifyType.SIGNATURE_HASH_ALGORITHMS, Bytes.of(data));
    }

    /**
     * How to sign with that key. A peer without RFC 7427 takes RSA with SHA-1 (RFC 7296 §3.8) or ECDSA with the hash that
     * belongs to the curve (RFC 4754); there is no such way for Edwards curves. Of several ways, one that it announced
     * goes first; if it announced none, the best one is tried all the same, as RFC 9593 leaves open.
     */
    Optional<Choice> choose(SigningKey key) {
        if (hashes.isEmpty()) {
            return switch (key.type()) {
                case RSA ->
                    Optional.of(new Choice(AuthMethod.RSA_DIGITAL_SIGNATURE, SignatureAlgorithm.RSA_PKCS1_SHA1));
                case ECDSA_P256 ->
                    Optional.of(new Choice(AuthMethod.ECDSA_SHA256_P256, SignatureAlgorithm.ECDSA_P256_SHA256_RAW));
                case ECDSA_P384 ->
                    Optional.of(new Choice(AuthMethod.ECDSA_SHA384_P384, SignatureAlgorithm.ECDSA_P384_SHA384_RAW));
                case ECDSA_P521 ->
                    Optional.of(new Choice(AuthMethod.ECDSA_SHA512_P521, SignatureAlgorithm.ECDSA_P521_SHA512_RAW));
                case ED25519, ED448 -> Optional.empty();
            };
        }
        List<SignatureAlgorithm> possible = key.algorithms().stream()
                .filter(algorithm -> hashes.contains(algorithm.hash()))
                .toList();
        return possible.stream()
                .filter(algorithm -> announced.isEmpty() || announced.get().accepts(algorithm))
                .findFirst()
                .or(() -> possible.stream().findFirst())
                .map(algorithm -> new Choice(AuthMethod.DIGITAL_SIGNATURE, algorithm));
    }
}
