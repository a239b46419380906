package dev.culvert.ike.sa;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.Decrypted;
import dev.culvert.ike.message.IkeHeader;
import org.jspecify.annotations.Nullable;

/**
 * Puts the fragments of one message together (RFC 7383 §2.6). It sees authentic fragments only, of the one message that
 * is awaited, and holds no more than {@link #MAX_OCTETS} of them.
 */
final class Reassembler {
    /** RFC 7383 has 65535; even in packets of 576 octets no message that is not refused anyhow needs so many. */
    static final int MAX_FRAGMENTS = 256;

    static final int MAX_OCTETS = 32 * 1024;

    /** What became of a fragment. */
    sealed interface Result {
        /** It was the last one that was missing. */
        record Complete(Decrypted message) implements Result {}

        record Kept() implements Result {}

        record Refused(String reason) implements Result {}
    }

    private @Nullable IkeHeader header;
    private @Nullable Bytes[] parts = new Bytes[0];
    private int firstPayloadType;
    private int missing;
    private int octets;

    boolean isEmpty() {
        return header == null;
    }

    /** Forgets everything. */
    void clear() {
        header = null;
        parts = new Bytes[0];
        octets = 0;
    }

    /** Takes in a fragment. One of another message takes the place of what there was. */
    Result add(Decrypted fragment) {
        int total = fragment.totalFragments();
        if (total > MAX_FRAGMENTS) {
            return new Result.Refused("fragment of " + total);
        }
        if (!fragment.header().equals(header) || total > parts.length) {
            // The sender cut the message anew because the path is narrower than it thought.
            begin(fragment.header(), total);
        } else if (total < parts.length) {
            return new Result.Refused("fragment of " + total + " behind one of " + parts.length);
        }
        int index = fragment.fragmentNumber() - 1;
        if (parts[index] != null) {
            return new Result.Refused("fragment repeated");
        }
        if (octets + fragment.plaintext().length() > MAX_OCTETS) {
            clear();
            return new Result.Refused("fragments of more than " + MAX_OCTETS + " octets");
        }
        parts[index] = fragment.plaintext();
        octets += fragment.plaintext().length();
        missing--;
        if (index == 0) {
            firstPayloadType = fragment.firstPayloadType();
        }
        if (missing > 0) {
            return new Result.Kept();
        }
        Decrypted whole = new Decrypted(fragment.header(), firstPayloadType, 0, 0, together());
        clear();
        return new Result.Complete(whole);
    }

    private void begin(IkeHeader newHeader, int total) {
        header = newHeader;
        parts = new Bytes[total];
        missing = total;
        octets = 0;
    }

    private Bytes together() {
        byte[] all = new byte[octets];
        int offset = 0;
        for (Bytes part : parts) {
            if (part != null) {
                part.copyTo(all, offset);
                offset += part.length();
            }
        }
        return Bytes.of(all);
    }
}
