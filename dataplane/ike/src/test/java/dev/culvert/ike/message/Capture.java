package dev.culvert.ike.message;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.MessageCipher;
import dev.culvert.crypto.MessageCiphers;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Recorded messages with the keys of their SAs; the resources say where they come from. */
final class Capture {
    /** @param fromInitiator sent by the original initiator */
    record Recorded(boolean fromInitiator, Bytes octets) {
        byte[] datagram() {
            return octets.toArray();
        }
    }

    private record Keys(Bytes skEi, Bytes skEr, Bytes skAi, Bytes skAr) {}

    private final IkeSuite suite;
    private final Map<Long, Keys> keysBySpi = new HashMap<>();
    private final List<Recorded> messages = new ArrayList<>();

    private Capture(IkeSuite suite) {
        this.suite = suite;
    }

    static Capture read(String resource, IkeSuite suite) {
        Capture capture = new Capture(suite);
        try (InputStream in = Objects.requireNonNull(Capture.class.getResourceAsStream(resource), resource)) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(capture::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return capture;
    }

    private void add(String line) {
        String[] fields = line.split(" ", -1);
        if (!fields[0].equals("keys")) {
            messages.add(new Recorded(fields[0].equals(">"), Bytes.ofHex(fields[1])));
            return;
        }
        keysBySpi.put(
                Bytes.ofHex(fields[1]).u64(0),
                new Keys(
                        Bytes.ofHex(fields[2]),
                        Bytes.ofHex(fields[3]),
                        fields.length > 4 ? Bytes.ofHex(fields[4]) : Bytes.EMPTY,
                        fields.length > 5 ? Bytes.ofHex(fields[5]) : Bytes.EMPTY));
    }

    List<Recorded> messages() {
        return messages;
    }

    /** The cipher of the direction in which the message with that header goes. */
    MessageCipher cipher(IkeHeader header) {
        Keys keys = Objects.requireNonNull(keysBySpi.get(header.initiatorSpi()));
        boolean initiator = header.fromInitiator();
        return MessageCiphers.forIke(
                suite,
                SecretBytes.copyOf((initiator ? keys.skEi : keys.skEr).toArray()),
                SecretBytes.copyOf((initiator ? keys.skAi : keys.skAr).toArray()),
                RandomSource.seeded(1));
    }
}
