package dev.culvert.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PacketBatchTest {
    @Test
    void addClearsAReusedBufferAndCountsIt() {
        PacketBatch batch = new PacketBatch(2, 100);
        PacketBuffer first = batch.add();
        first.offset = 5;
        first.length = 7;
        first.remote = UdpAddress.of("192.0.2.1", 1);
        assertThat(first.end()).isEqualTo(12);
        assertThat(first.maximumLength()).isEqualTo(100);
        batch.clear();
        assertThat(batch.add()).isSameAs(first);
        assertThat(first.offset).isEqualTo(PacketBuffer.HEADROOM);
        assertThat(first.length).isZero();
        assertThat(first.remote).isNull();
        batch.add();
        assertThat(batch.isFull()).isTrue();
        assertThatThrownBy(batch::add).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(batch.size()).as("a refused packet is not counted").isEqualTo(2);
    }

    @Test
    void movingExchangesBuffersAndLosesNone() {
        PacketBatch from = new PacketBatch(1, 100);
        PacketBatch to = new PacketBatch(1, 100);
        PacketBuffer moved = from.add();
        PacketBuffer free = to.buffer(0);
        from.moveTo(to, 0);
        assertThat(to.size()).isEqualTo(1);
        assertThat(to.buffer(0)).isSameAs(moved);
        assertThat(from.buffer(0)).isSameAs(free);
        assertThatThrownBy(() -> from.moveTo(to, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(to.size()).isEqualTo(1);
    }
}
