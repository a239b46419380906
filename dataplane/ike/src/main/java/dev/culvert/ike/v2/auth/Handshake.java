package dev.culvert.ike.v2.auth;

import dev.culvert.ike.message.Bytes;

/**
 * What IKE_SA_INIT and IKE_INTERMEDIATE leave for IKE_AUTH: what AUTH has to cover (RFC 7296 §2.15), and how.
 *
 * @param initRequest RealMessage1: the initiator's last IKE_SA_INIT request, as sent
 * @param initResponse RealMessage2: the response, as sent
 * @param peer what the peer's message says of the signatures it takes
 * @param intAuth IntAuth, behind all else that is signed (RFC 9242 §3.3.2); nothing without IKE_INTERMEDIATE
 */
public record Handshake(Bytes initRequest, Bytes initResponse, Bytes ni, Bytes nr, PeerAbilities peer, Bytes intAuth) {
    public Handshake(Bytes initRequest, Bytes initResponse, Bytes ni, Bytes nr, PeerAbilities peer) {
        this(initRequest, initResponse, ni, nr, peer, Bytes.EMPTY);
    }

    public Handshake withIntAuth(Bytes value) {
        return new Handshake(initRequest, initResponse, ni, nr, peer, value);
    }
}
