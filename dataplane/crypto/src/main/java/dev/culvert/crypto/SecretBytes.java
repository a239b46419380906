package dev.culvert.crypto;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Secret octets that are zeroed when closed and never printed. What the JCA copies out of them (keys inside a
 * {@code Cipher} or {@code Mac}) is beyond reach. Not thread-safe against {@link #close()}.
 */
public final class SecretBytes implements AutoCloseable {
    private final byte[] bytes;
    private boolean closed;

    private SecretBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    public static SecretBytes copyOf(byte[] bytes) {
        return new SecretBytes(bytes.clone());
    }

    /** Takes the array over: the caller must not use it any more. */
    public static SecretBytes wrap(byte[] bytes) {
        return new SecretBytes(bytes);
    }

    public static SecretBytes empty() {
        return new SecretBytes(new byte[0]);
    }

    public static SecretBytes concat(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] all = new byte[length];
        int offset = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, offset, part.length);
            offset += part.length;
        }
        return new SecretBytes(all);
    }

    /** The live array: do not change it, and do not keep it beyond this object's life. */
    public byte[] bytes() {
        if (closed) {
            throw new IllegalStateException("the secret is closed");
        }
        return bytes;
    }

    public int length() {
        return bytes.length;
    }

    /** An independent copy of a part. */
    public SecretBytes slice(int offset, int length) {
        if (offset < 0 || length < 0 || length > bytes.length - offset) {
            throw new IndexOutOfBoundsException(offset + "+" + length + " of " + bytes.length);
        }
        return new SecretBytes(Arrays.copyOfRange(bytes(), offset, offset + length));
    }

    /** An independent copy, for a holder with a life of its own. */
    public SecretBytes copy() {
        return copyOf(bytes());
    }

    public boolean constantTimeEquals(byte[] other) {
        return MessageDigest.isEqual(bytes(), other);
    }

    public boolean constantTimeEquals(SecretBytes other) {
        return MessageDigest.isEqual(bytes(), other.bytes());
    }

    /** Zeroes the octets; further calls do nothing. */
    @Override
    public void close() {
        closed = true;
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "SecretBytes[" + bytes.length + " octets]";
    }
}
