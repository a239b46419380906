package dev.culvert.ike.v1.keymat;

import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.message.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Values by name, as the resources of these tests have them: {@code skeyid=… ka=…}. */
record KeyLines(Map<String, String> values) {
    static KeyLines parse(String line) {
        return new KeyLines(Arrays.stream(line.split(" ", -1))
                .filter(field -> field.contains("="))
                .map(field -> field.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1])));
    }

    /** The lines of a resource without those that say where they come from. */
    static List<String> lines(String resource) {
        try (InputStream in = Objects.requireNonNull(KeyLines.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    String text(String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    Bytes octets(String name) {
        return Bytes.ofHex(text(name));
    }

    SecretBytes secret(String name) {
        return SecretBytes.wrap(octets(name).toArray());
    }
}
