package dev.culvert.ike.v1.keymat;

import dev.culvert.ike.message.Bytes;

/**
 * What the first messages of phase 1 leave for its keys and its hashes (RFC 2409 §5). The bodies of payloads are without
 * their generic headers ("_b" in the RFC).
 *
 * @param cookieInitiator CKY-I
 * @param cookieResponder CKY-R
 * @param gxi g^xi: the body of the initiator's KE payload
 * @param gxr g^xr: the body of the responder's
 * @param ni Ni_b
 * @param nr Nr_b
 * @param saBody SAi_b: the whole body of the SA payload that the initiator offered, with all of its proposals
 */
public record PhaseOneValues(
        long cookieInitiator, long cookieResponder, Bytes gxi, Bytes gxr, Bytes ni, Bytes nr, Bytes saBody) {}
