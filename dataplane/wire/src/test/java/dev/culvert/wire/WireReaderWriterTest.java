package dev.culvert.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class WireReaderWriterTest {
    private static byte[] everything() {
        return new WireWriter(1)
                .u8(0xff)
                .u16(0xfffe)
                .u32(0xfffffffdL)
                .int32(-4)
                .u64(-5)
                .address(IpAddress.parse("192.0.2.1"))
                .address(IpAddress.parse("2001:db8::1"))
                .bytes(new byte[] {9, 1, 2, 9}, 1, 2)
                .zeros(3)
                .toByteArray();
    }

    @Test
    void writesNetworkByteOrder() {
        assertThat(HexFormat.of().formatHex(everything()))
                .isEqualTo("ff" + "fffe" + "fffffffd" + "fffffffc" + "fffffffffffffffb" + "c0000201"
                        + "20010db8000000000000000000000001" + "0102" + "000000");
    }

    @Test
    void readsBackWhatWasWritten() {
        WireReader reader = WireReader.of(everything());
        assertThat(reader.peekU8()).isEqualTo(0xff);
        readEverything(reader);
        assertThat(reader.overran()).isFalse();
        assertThat(reader.hasRemaining()).isFalse();
        assertThat(reader.position()).isEqualTo(everything().length);
    }

    private static void readEverything(WireReader reader) {
        boolean whole = !reader.overran();
        int u8 = reader.u8();
        int u16 = reader.u16();
        long u32 = reader.u32();
        int int32 = reader.int32();
        long u64 = reader.u64();
        IpAddress v4 = reader.address(4);
        IpAddress v6 = reader.address(6);
        byte[] bytes = reader.bytes(2);
        reader.skip(3);
        if (whole && !reader.overran()) {
            assertThat(u8).isEqualTo(0xff);
            assertThat(u16).isEqualTo(0xfffe);
            assertThat(u32).isEqualTo(0xfffffffdL);
            assertThat(int32).isEqualTo(-4);
            assertThat(u64).isEqualTo(-5);
            assertThat(v4).isEqualTo(IpAddress.parse("192.0.2.1"));
            assertThat(v6).isEqualTo(IpAddress.parse("2001:db8::1"));
            assertThat(bytes).containsExactly(1, 2);
        }
    }

    @Test
    void cutShortAnywhereItOverrunsForGoodAndNeverThrows() {
        byte[] whole = everything();
        for (int length = 0; length < whole.length; length++) {
            WireReader reader = WireReader.of(whole, 0, length);
            readEverything(reader);
            assertThat(reader.overran()).as("%d bytes", length).isTrue();
            assertThat(reader.remaining()).isZero();
            assertThat(reader.u64()).isZero();
            assertThat(reader.bytes(1)).isEmpty();
            assertThat(reader.address(6)).isEqualTo(IpAddress.ANY_V6);
            assertThat(reader.overran()).isTrue();
        }
    }

    @Test
    void lengthsThatAPeerMadeUpAreOverruns() {
        for (int length : new int[] {-1, 5, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            WireReader reader = WireReader.of(new byte[4]);
            assertThat(reader.bytes(length)).isEmpty();
            assertThat(reader.overran()).isTrue();

            WireReader outer = WireReader.of(new byte[4]);
            WireReader inner = outer.slice(length);
            assertThat(outer.overran()).isTrue();
            assertThat(inner.overran()).isTrue();
            assertThat(inner.hasRemaining()).isFalse();
        }
    }

    @Test
    void aSliceEndsWhereItEndsAndItsOverrunIsItsOwn() {
        WireReader outer = WireReader.of(new byte[] {1, 2, 3, 4}, 0, 4);
        WireReader inner = outer.slice(2);
        assertThat(inner.u8()).isEqualTo(1);
        assertThat(inner.u16()).isZero();
        assertThat(inner.overran()).isTrue();
        assertThat(outer.overran()).isFalse();
        assertThat(outer.rest()).containsExactly(3, 4);
        assertThatThrownBy(() -> WireReader.of(new byte[2], 1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void lengthsArePatchedInAndValuesOutOfRangeRefused() {
        WireWriter writer = new WireWriter().u8(0).u16(0).u32(0);
        writer.putU8(0, 0xab).putU16(1, 0xcdef).putU32(3, 0x01234567L);
        assertThat(writer.toByteArray()).isEqualTo(HexFormat.of().parseHex("abcdef01234567"));
        assertThatThrownBy(() -> writer.putU16(6, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> writer.u8(256)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.u16(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.u32(1L << 32)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.zeros(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(writer.size()).isEqualTo(7);
    }
}
