package dev.culvert.ike.message;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.MessageCipher;
import dev.culvert.crypto.MessageCiphers;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Recorded messages with the keys of their SAs; the resources say where they come from. */
public final class Capture {
    /** @param fromInitiator sent by the original initiator */
    record Recorded(boolean fromInitiator, Bytes octets) {
        byte[] datagram() {
            return octets.toArray();
        }
    }

    /** The fields of a line, by name: {@code sk_ei}, {@code secret}. */
    public record Keys(Map<String, Bytes> fields) {
        public boolean has(String name) {
            return fields.containsKey(name);
        }

        /** Empty if the line has no such field. */
        public SecretBytes get(String name) {
            return SecretBytes.copyOf(fields.getOrDefault(name, Bytes.EMPTY).toArray());
        }
    }

    private final IkeSuite suite;
    private final List<Keys> ikeSas = new ArrayList<>();
    private final List<Keys> childSas = new ArrayList<>();
    private final List<Recorded> recorded = new ArrayList<>();

    private Capture(IkeSuite suite) {
        this.suite = suite;
    }

    public static Capture read(String resource, IkeSuite suite) {
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
        switch (fields[0]) {
            case "ike" -> ikeSas.add(keys(fields));
            case "child" -> childSas.add(keys(fields));
            default -> recorded.add(new Recorded(fields[0].equals(">"), Bytes.ofHex(fields[1])));
        }
    }

    private static Keys keys(String[] fields) {
        return new Keys(Arrays.stream(fields)
                .skip(1)
                .map(field -> field.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> Bytes.ofHex(pair[1]))));
    }

    List<Recorded> recorded() {
        return recorded;
    }

    /** The octets of a datagram. */
    public Bytes octets(int index) {
        return recorded.get(index).octets();
    }

    public IkeSuite suite() {
        return suite;
    }

    /** In the order in which they were made. */
    public List<Keys> ikeSas() {
        return ikeSas;
    }

    /** In the order in which they were made. */
    public List<Keys> childSas() {
        return childSas;
    }

    /** The cipher of the direction in which the message with that header goes. */
    MessageCipher cipher(IkeHeader header) {
        Keys keys = ikeSas.stream()
                .filter(k -> Objects.requireNonNull(k.fields().get("spi_i")).u64(0) == header.initiatorSpi())
                .findFirst()
                .orElseThrow();
        String role = header.fromInitiator() ? "i" : "r";
        return MessageCiphers.forIke(suite, keys.get("sk_e" + role), keys.get("sk_a" + role), RandomSource.seeded(1));
    }

    /** All messages, opened and put together. */
    public List<IkeMessage> messages() {
        List<IkeMessage> messages = new ArrayList<>();
        ByteArrayOutputStream fragments = new ByteArrayOutputStream();
        int firstType = 0;
        for (Recorded datagram : recorded) {
            OpenResult result = open(datagram);
            if (result instanceof OpenResult.Fragment fragment) {
                fragments.writeBytes(fragment.plaintext().toArray());
                firstType = fragment.fragmentNumber() == 1 ? fragment.firstPayloadType() : firstType;
                if (fragment.fragmentNumber() < fragment.totalFragments()) {
                    continue;
                }
                result = IkeMessage.ofPlaintext(fragment.header(), firstType, Bytes.of(fragments.toByteArray()));
                fragments.reset();
            }
            messages.add(((OpenResult.Ok) result).message());
        }
        return messages;
    }

    private OpenResult open(Recorded datagram) {
        return switch (IkeMessage.decode(datagram.datagram())) {
            case DecodeResult.Ok(IkeMessage message) -> new OpenResult.Ok(message);
            case DecodeResult.Encrypted(EncryptedMessage message) -> message.open(cipher(message.header()));
            case UnprotectedError error -> error;
        };
    }
}
