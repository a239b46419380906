/**
 * Algorithms under their IANA numbers, proposals and their negotiation, PRF, key exchange, and the ciphers of IKE
 * messages and ESP packets. Knows neither IKE nor ESP processing, no sockets, no clock; randomness is passed in.
 */
@NullMarked
package dev.culvert.crypto;

import org.jspecify.annotations.NullMarked;
