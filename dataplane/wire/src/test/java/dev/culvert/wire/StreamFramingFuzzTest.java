package dev.culvert.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

class StreamFramingFuzzTest {
    private static final int LONGEST = 300;

    /** Any stream comes out the same in one piece and octet by octet, and nothing longer than allowed does. */
    @FuzzTest
    void anyStream(byte[] input) {
        if (input.length == 0) {
            return;
        }
        boolean opened = (input[0] & 1) != 0;
        byte[] stream = Arrays.copyOfRange(input, 1, input.length);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        ByteArrayOutputStream pieces = new ByteArrayOutputStream();
        StreamFraming.Result expected = new StreamFraming(opened, LONGEST).take(ByteBuffer.wrap(stream), sink(whole));
        assertThat(feed(new StreamFraming(opened, LONGEST), stream, pieces)).isEqualTo(expected);
        assertThat(pieces.toByteArray()).isEqualTo(whole.toByteArray());
    }

    private static StreamFraming.Result feed(StreamFraming framing, byte[] stream, ByteArrayOutputStream out) {
        ByteBuffer buffer = ByteBuffer.allocate(framing.bufferSize());
        StreamFraming.Result result = StreamFraming.Result.TAKEN;
        for (byte octet : stream) {
            if (result != StreamFraming.Result.TAKEN) {
                break;
            }
            buffer.put(octet).flip();
            result = framing.take(buffer, sink(out));
            buffer.compact();
        }
        return result;
    }

    private static StreamFraming.Sink sink(ByteArrayOutputStream out) {
        return (array, offset, length) -> {
            assertThat(length).isBetween(0, LONGEST);
            out.write(length >> 8);
            out.write(length);
            out.write(array, offset, length);
            return true;
        };
    }
}
