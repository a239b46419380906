package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the fragments of one message together, the vendors' way. Nobody vouches for a fragment; what they give together is
 * read like any datagram. The work for each of them is the same, and no more than {@link #MAX_OCTETS} are held.
 */
public final class FragmentReassembler {
    /** Fragments of a message; with the smallest that anybody sends (some 500 octets) that is more than is held. */
    static final int MAX_FRAGMENTS = 64;

    /** Octets of a message. Those with a chain of certificates have some thousands. */
    static final int MAX_OCTETS = 32 * 1024;

    /** What became of a fragment. */
    public sealed interface Result {
        /** It was the last one that was missing: the message, which is to be decoded. */
        record Complete(Bytes datagram) implements Result {}

        record Kept() implements Result {}

        record Refused(String reason) implements Result {}
    }

    private @Nullable Bytes[] parts = new Bytes[0];
    private int id;
    /** How many there are in all; 0 until the last one came. */
    private int total;

    private int present;
    private int octets;

    /** Forgets everything. */
    public void clear() {
        parts = new Bytes[0];
        total = 0;
        present = 0;
        octets = 0;
    }

    /** Takes in a fragment. One of another message takes the place of what there was. */
    public Result add(FragmentPayload fragment) {
        int number = fragment.number();
        if (number > MAX_FRAGMENTS) {
            return new Result.Refused("fragment " + number);
        }
        if (parts.length == 0 || fragment.id() != id) {
            clear();
            parts = new Bytes[MAX_FRAGMENTS];
            id = fragment.id();
        }
        if (parts[number - 1] != null) {
            return new Result.Refused("fragment repeated");
        }
        if (fragment.last() ? total != 0 || hasBehind(number) : total != 0 && number > total) {
            return new Result.Refused("fragment " + number + " and others do not fit together");
        }
        if (octets + fragment.data().length() > MAX_OCTETS) {
            clear();
            return new Result.Refused("fragments of more than " + MAX_OCTETS + " octets");
        }
        parts[number - 1] = fragment.data();
        present++;
        octets += fragment.data().length();
        if (fragment.last()) {
            total = number;
        }
        if (present != total) {
            return new Result.Kept();
        }
        byte[] whole = together();
        clear();
        return new Result.Complete(Bytes.of(whole));
    }

    private boolean hasBehind(int number) {
        for (int i = number; i < parts.length; i++) {
            if (parts[i] != null) {
                return true;
            }
        }
        return false;
    }

    private byte[] together() {
        byte[] whole = new byte[octets];
        int offset = 0;
        for (Bytes part : parts) {
            if (part != null) {
                part.copyTo(whole, offset);
                offset += part.length();
            }
        }
        return whole;
    }

    /**
     * Cuts a message.
     *
     * @param datagram the whole message with its header
     * @param header of the fragments: its cookies, the exchange type of the phase 1 exchange, message ID 0 and no flags, as
     *     strongSwan and others have it
     * @param id the same in all of them; another one for each message
     * @param maxLength octets of a datagram of IKE, at least 64
     * @return datagrams in their order; the message itself if it fits
     * @throws IllegalArgumentException if it would take more than 64 fragments
     */
    public static List<byte[]> split(byte[] datagram, IsakmpHeader header, int id, int maxLength) {
        if (datagram.length <= maxLength) {
            return List.of(datagram);
        }
        int each = maxLength - IsakmpHeader.LENGTH - FragmentPayload.OVERHEAD;
        int count = Math.ceilDiv(datagram.length, each);
        Limits.require(
                each > 0 && count <= MAX_FRAGMENTS,
                datagram.length + " octets in fragments of " + maxLength + " octets");
        List<byte[]> fragments = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Bytes data = Bytes.of(datagram, i * each, Math.min(each, datagram.length - i * each));
            fragments.add(V1Message.of(header, List.of(new FragmentPayload(id, i + 1, i == count - 1, data)))
                    .encode());
        }
        return List.copyOf(fragments);
    }
}
