/**
 * IKEv1 messages as values: header, payloads, and both directions of their encoding (RFC 2408 §3, RFC 2407 §4.6, RFC 3947
 * §3 and §5.2), and the vendors' fragments. They share nothing with the messages of IKEv2 but
 * {@link dev.culvert.ike.message.Bytes}.
 *
 * <p>{@link dev.culvert.ike.v1.message.V1Message#decode} reads what needs no keys; an encrypted message is decrypted by its
 * owner and read by {@link dev.culvert.ike.v1.message.EncryptedV1Message#opened}. A peer's fault is a value
 * ({@link dev.culvert.ike.v1.message.V1Problem}), never an exception. Constructors throw {@link IllegalArgumentException}
 * for values that cannot stand in a message: that is a bug of the caller.
 *
 * <p>HASH payloads are computed over octets as they were sent; a message therefore keeps those beside its payloads.
 */
@NullMarked
package dev.culvert.ike.v1.message;

import org.jspecify.annotations.NullMarked;
