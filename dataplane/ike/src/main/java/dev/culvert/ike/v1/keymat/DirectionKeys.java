package dev.culvert.ike.v1.keymat;

import dev.culvert.crypto.SecretBytes;

/**
 * The keys of one SA of phase 2, which is one direction (RFC 2409 §5.5).
 *
 * @param encryption with the salt behind it where the algorithm has one; of length 0 with AH
 * @param integrity of length 0 for an AEAD
 */
public record DirectionKeys(SecretBytes encryption, SecretBytes integrity) {}
