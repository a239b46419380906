package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.endpoint.PostQuantumKey;
import dev.culvert.ike.message.AuthPayload;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.sa.SaKeys;
import java.util.Optional;

/** The responder's choice about a post-quantum pre-shared key in IKE_AUTH (RFC 8784 §3). */
sealed interface PpkResponder {
    /** The key is used: the keys with it, for AUTH and all that follows. */
    record Mixed(SaKeys keys) implements PpkResponder {}

    /**
     * It is not.
     *
     * @param auth the initiator's AUTH for that case: of NO_PPK_AUTH if it names a key
     */
    record Plain(AuthPayload auth) implements PpkResponder {}

    /** The two sides do not fit together. */
    record Refused(String why) implements PpkResponder {}

    /**
     * @param negotiated whether both sides said USE_PPK in IKE_SA_INIT
     * @param ours the key of the tunnel that the peer asks for
     */
    static PpkResponder choose(
            boolean negotiated, Optional<PostQuantumKey> ours, IkeMessage request, AuthPayload auth, SaKeys plain) {
        Optional<Bytes> named =
                request.notify(NotifyType.PPK_IDENTITY).filter(n -> negotiated).map(NotifyPayload::data);
        Optional<PostQuantumKey> common = ours.filter(
                key -> named.flatMap(PpkId::read).filter(key.id()::equals).isPresent());
        if (common.isPresent()) {
            return new Mixed(plain.mixedWith(common.get().secret()));
        }
        if (ours.filter(PostQuantumKey::required).isPresent()) {
            return new Refused(
                    named.isPresent()
                            ? "its post-quantum pre-shared key has another id than ours"
                            : "it has no post-quantum pre-shared key, which the tunnel requires");
        }
        if (named.isEmpty()) {
            return new Plain(auth);
        }
        return request.notify(NotifyType.NO_PPK_AUTH)
                .<PpkResponder>map(n -> new Plain(new AuthPayload(auth.methodId(), n.data())))
                .orElseGet(
                        () -> new Refused("it requires a post-quantum pre-shared key that the tunnel does not have"));
    }
}
