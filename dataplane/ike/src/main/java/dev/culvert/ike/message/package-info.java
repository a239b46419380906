/**
 * IKEv2 messages as values: header, payloads, and both directions of their encoding (RFC 7296 §3, RFC 7383 §2.5).
 *
 * <p>{@link dev.culvert.ike.message.IkeMessage#decode} reads what needs no keys; an encrypted message is then opened with
 * the SA's cipher. A peer's fault is a value ({@link dev.culvert.ike.message.DecodeResult},
 * {@link dev.culvert.ike.message.OpenResult}), never an exception. Constructors throw
 * {@link IllegalArgumentException} for values that cannot stand in a message: that is a bug of the caller.
 *
 * <p>The major version in the header decides the decoder. Version 1 has none yet.
 */
@NullMarked
package dev.culvert.ike.message;

import org.jspecify.annotations.NullMarked;
