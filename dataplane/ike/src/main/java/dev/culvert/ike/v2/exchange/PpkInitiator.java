package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.endpoint.PostQuantumKey;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.SaKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The initiator's post-quantum pre-shared key in IKE_AUTH (RFC 8784 §3), where both sides said in IKE_SA_INIT that they
 * have one.
 *
 * @param plain the keys without it, in case the responder does without
 * @param mixed the keys with it
 */
record PpkInitiator(PostQuantumKey key, SaKeys plain, SaKeys mixed) {
    static PpkInitiator of(PostQuantumKey key, SaKeys plain) {
        return new PpkInitiator(key, plain, plain.mixedWith(key.secret()));
    }

    /**
     * N(PPK_IDENTITY), and N(NO_PPK_AUTH) for a responder that does not have the key, unless it must.
     *
     * @param plainAuth the Authentication Data that would be sent without
     */
    List<Payload> notifies(Supplier<Bytes> plainAuth) {
        List<Payload> payloads = new ArrayList<>();
        payloads.add(NotifyPayload.of(NotifyType.PPK_IDENTITY, PpkId.fixed(key.id())));
        if (!key.required()) {
            payloads.add(NotifyPayload.of(NotifyType.NO_PPK_AUTH, plainAuth.get()));
        }
        return payloads;
    }
}
