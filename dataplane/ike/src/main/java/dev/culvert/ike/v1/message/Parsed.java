package dev.culvert.ike.v1.message;

/** A value read from the wire, or what is wrong with the octets. */
sealed interface Parsed<T> {
    record Ok<T>(T value) implements Parsed<T> {}

    record Failed<T>(V1Problem problem) implements Parsed<T> {
        /** The same failure where another value was wanted. */
        <U> Failed<U> as() {
            return new Failed<>(problem);
        }
    }

    static <T> Parsed<T> ok(T value) {
        return new Ok<>(value);
    }

    static <T> Parsed<T> malformed(String detail) {
        return new Failed<>(V1Problem.malformed(detail));
    }

    static <T> Parsed<T> failed(V1Problem problem) {
        return new Failed<>(problem);
    }
}
