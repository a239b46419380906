package dev.culvert.crypto;

import dev.culvert.crypto.jdk.JdkKeyExchange;

/** One side of a key exchange: a fresh private value and what follows from it. Not thread-safe. */
public interface KeyExchange extends AutoCloseable {
    /** The initiator's side: makes a fresh private value. The cost is that of one exponentiation or scalar multiplication. */
    static KeyExchange generate(KeyExchangeMethod method, RandomSource random) {
        return JdkKeyExchange.generate(method, random);
    }

    /**
     * The responder's side in one go, for every method: what to send back, and the shared secret.
     *
     * @throws InvalidPublicValueException as {@link #agree}; for ML-KEM as FIPS 203 §7.2 has it
     */
    static Answer answer(KeyExchangeMethod method, byte[] peerPublicValue, RandomSource random)
            throws InvalidPublicValueException {
        return JdkKeyExchange.answer(method, peerPublicValue, random);
    }

    /**
     * The responder's part of a key exchange.
     *
     * @param value Key Exchange Data to send, as long as {@link KeyExchangeMethod#answerLength}
     * @param secret for the receiver to close
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over at once
    record Answer(byte[] value, SecretBytes secret) {}

    KeyExchangeMethod method();

    /** A copy of the Key Exchange Data to send; as long as {@link KeyExchangeMethod#publicValueLength}. */
    byte[] publicValue();

    /**
     * The shared secret g^ir with its leading zeros (RFC 7296 §2.14), for the caller to close.
     *
     * @throws InvalidPublicValueException when the peer's value must not be used: wrong length, outside 2 to p-2 (RFC 6989
     *     §2.1), off the curve (§2.3), or of small order (RFC 7748 §6.1)
     */
    SecretBytes agree(byte[] peerPublicValue) throws InvalidPublicValueException;

    /** Forgets the private value, as far as the JDK lets go of it. */
    @Override
    void close();
}
