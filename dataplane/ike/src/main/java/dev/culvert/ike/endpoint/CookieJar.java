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
 *
 * <p>The endpoint and its {@link Doorkeeper} share one, each on its own thread and neither ever waiting for the other. A
 * secret is worth nothing once its time is over, so it is left to the garbage collector rather than zeroed under a reader.
 */
final class CookieJar {
    private static final int SECRET_LENGTH = 32;

    private final Prf prf = Prf.of(PrfAlgorithm.HMAC_SHA2_256);
    private final RandomSource random;
    private final long lifetimeNanos;
    private volatile Secrets secrets;

    /** @param rotateAt {@link Long#MIN_VALUE} until the first cookie */
    private record Secrets(byte version, SecretBytes current, SecretBytes previous, long rotateAt) {
        Secrets until(long time) {
            return new Secrets(version, current, previous, time);
        }
    }

    CookieJar(Duration lifetime, RandomSource random) {
        this.random = random;
        this.lifetimeNanos = lifetime.toNanos();
        this.secrets = new Secrets((byte) 0, fresh(), fresh(), Long.MIN_VALUE);
    }

    byte[] bake(Bytes ni, UdpAddress peer, long initiatorSpi, long nowNanos) {
        Secrets now = secrets(nowNanos);
        return bake(now.version, now.current, ni, peer, initiatorSpi);
    }

    boolean isGood(Bytes cookie, Bytes ni, UdpAddress peer, long initiatorSpi, long nowNanos) {
        Secrets now = secrets(nowNanos);
        if (cookie.isEmpty()) {
            return false;
        }
        byte made = (byte) cookie.at(0);
        if (made != now.version && made != (byte) (now.version - 1)) {
            return false;
        }
        byte[] expected = bake(made, made == now.version ? now.current : now.previous, ni, peer, initiatorSpi);
        return MessageDigest.isEqual(expected, cookie.toArray());
    }

    private Secrets secrets(long nowNanos) {
        Secrets before = secrets;
        if (before.rotateAt != Long.MIN_VALUE && nowNanos < before.rotateAt) {
            return before;
        }
        Secrets after = before.until(nowNanos + lifetimeNanos);
        if (before.rotateAt != Long.MIN_VALUE) {
            boolean stale = before.rotateAt + lifetimeNanos <= nowNanos;
            after = new Secrets((byte) (before.version + 1), fresh(), stale ? fresh() : before.current, after.rotateAt);
        }
        // Should both threads do this at once, cookies of one of them are bad, and are asked for again.
        secrets = after;
        return after;
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
