package dev.culvert.io.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PollerTest {
    @Test
    void anotherThreadWakesIt() throws Exception {
        try (Poller poller = Poller.open()) {
            Thread waker = Thread.ofPlatform().start(poller::wakeUp);
            assertThat(poller.poll(Long.MAX_VALUE)).isZero();
            waker.join();
        }
    }

    @Test
    void aWakeUpBeforeThePollIsNotLostAndCountsOnce() throws IOException {
        try (Poller poller = Poller.open()) {
            poller.wakeUp();
            poller.wakeUp();
            assertThat(poller.poll(Long.MAX_VALUE)).isZero();
            assertThat(poller.poll(TimeUnit.MILLISECONDS.toNanos(1))).isZero();
            poller.wakeUp();
            assertThat(poller.poll(Long.MAX_VALUE)).isZero();
        }
    }

    @Test
    void wakingAClosedOneDoesNothing() throws IOException {
        Poller poller = Poller.open();
        poller.close();
        poller.wakeUp();
        poller.close();
    }
}
