package dev.culvert.ike.endpoint;

import dev.culvert.crypto.Prf;
import dev.culvert.crypto.PrfAlgorithm;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.UdpAddress;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;

/**
 * Stateless cookies (RFC 7296 §2.6): version | prf(secret, Ni | IPi | port | SPIi). The secret changes every now and then;
 * cookies of the one before are good too.
 */
final class CookieJar {
    private static final int SECRET_LENGTH = 32;

    private final Prf prf = Prf.of(PrfAlgorithm.HMAC_SHA2_256);
    private final RandomSource random;
    private final long lifetimeNanos;
    private byte version;
    private SecretBytes secret;
    private SecretBytes previous;
    private long rotateAt = Long.MIN_VALUE;

    CookieJar(Duration lifetime, RandomSource random) {
        this.random = random;
        this.lifetimeNanos = lifetime.toNanos();
        this.secret = fresh();
        this.previous = fresh();
    }

    byte[] bake(Bytes ni, UdpAddress peer, long initiatorSpi, long nowNanos) {
        rotate(nowNanos);
        return bake(version, secret, ni, peer, initiatorSpi);
    }

    boolean isGood(Bytes cookie, Bytes ni, UdpAddress peer, long initiatorSpi, long nowNanos) {
        rotate(nowNanos);
        if (cookie.isEmpty()) {
            return false;
        }
        byte made = (byte) cookie.at(0);
        if (made != version && made != (byte) (version - 1)) {
            return false;
        }
        byte[] expected = bake(made, made == version ? secret : previous, ni, peer, initiatorSpi);
        return MessageDigest.isEqual(expected, cookie.toArray());
    }

    private void rotate(long nowNanos) {
        if (rotateAt == Long.MIN_VALUE) {
            rotateAt = nowNanos + lifetimeNanos;
        } else if (rotateAt <= nowNanos) {
            boolean stale = rotateAt + lifetimeNanos <= nowNanos;
            previous.close();
            previous = stale ? fresh() : secret;
            secret = fresh();
            version++;
            rotateAt = nowNanos + lifetimeNanos;
        }
    }

    private SecretBytes fresh() {
        return SecretBytes.wrap(random.bytes(SECRET_LENGTH));
    }

    private byte[] bake(byte itsVersion, SecretBytes itsSecret, Bytes ni, UdpAddress peer, long initiatorSpi) {
        byte[] tail = ByteBuffer.allocate(Short.BYTES + Long.BYTES)
                .putShort((short) peer.port())
                .putLong(initiatorSpi)
                .array();
        try (SecretBytes mac =
                prf.compute(itsSecret, ni.toArray(), peer.address().toBytes(), tail)) {
            return ByteBuffer.allocate(1 + mac.length())
                    .put(itsVersion)
                    .put(mac.bytes())
                    .array();
        }
    }
}
