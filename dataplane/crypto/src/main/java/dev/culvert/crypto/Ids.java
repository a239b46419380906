package dev.culvert.crypto;

import java.util.Optional;
import java.util.function.ToIntFunction;

/** Lookup of enum constants by their IANA number. */
final class Ids {
    private Ids() {}

    static <E> Optional<E> find(E[] values, ToIntFunction<E> idOf, int id) {
        for (E value : values) {
            if (idOf.applyAsInt(value) == id) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
