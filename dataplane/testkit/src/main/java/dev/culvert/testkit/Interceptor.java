package dev.culvert.testkit;

import java.time.Duration;

/** Somebody on the path who sees every datagram as it is sent (behind the sender's NAT) and decides about it. */
@FunctionalInterface
public interface Interceptor {
    Fate judge(Datagram datagram);

    /** What becomes of a datagram. Link conditions apply to what is not dropped here. */
    sealed interface Fate {
        Fate DELIVER = new Deliver();
        Fate DROP = new Drop();

        static Fate delay(Duration by) {
            return new Delay(by);
        }

        static Fate replace(byte[] payload) {
            return new Replace(payload);
        }
    }

    record Deliver() implements Fate {}

    record Drop() implements Fate {}

    /** Delivered this much later than otherwise. */
    record Delay(Duration by) implements Fate {}

    /** Delivered with another payload. */
    final class Replace implements Fate {
        private final byte[] payload;

        private Replace(byte[] payload) {
            this.payload = payload.clone();
        }

        byte[] payload() {
            return payload.clone();
        }
    }
}
