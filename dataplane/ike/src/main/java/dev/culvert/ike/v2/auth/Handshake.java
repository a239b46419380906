package dev.culvert.ike.v2.auth;

import dev.culvert.ike.message.Bytes;

/**
 * What IKE_SA_INIT leaves for AUTH to cover (RFC 7296 §2.15).
 *
 * @param initRequest RealMessage1: the initiator's last IKE_SA_INIT request, as sent
 * @param initResponse RealMessage2: the response, as sent
 */
public record Handshake(Bytes initRequest, Bytes initResponse, Bytes ni, Bytes nr) {}
