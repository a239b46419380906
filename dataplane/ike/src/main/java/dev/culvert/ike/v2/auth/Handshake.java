package dev.culvert.ike.v2.auth;

import dev.culvert.ike.message.Bytes;

/**
 * What IKE_SA_INIT leaves for IKE_AUTH: what AUTH has to cover (RFC 7296 §2.15), and how.
 *
 * @param initRequest RealMessage1: the initiator's last IKE_SA_INIT request, as sent
 * @param initResponse RealMessage2: the response, as sent
 * @param peer what the peer's message says of the signatures it takes
 */
public record Handshake(Bytes initRequest, Bytes initResponse, Bytes ni, Bytes nr, PeerAbilities peer) {}
