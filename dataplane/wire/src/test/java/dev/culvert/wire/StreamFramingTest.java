package dev.culvert.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.wire.StreamFraming.Result;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamFramingTest {
    /** RFC 9329 §4, §3.1 and §3.2: the prefix, an IKE message behind the marker, an ESP packet, a keepalive. */
    private static final byte[] STREAM = HexFormat.of()
            .parseHex("494b45544350" + "000a" + "00000000" + "a1a2a3a4" + "000c" + "c0000001" + "00000001" + "b1b2"
                    + "0003" + "ff");

    private static final List<String> MESSAGES = List.of("00000000a1a2a3a4", "c000000100000001b1b2", "ff");

    private final List<String> taken = new ArrayList<>();

    private boolean take(byte[] array, int offset, int length) {
        return taken.add(HexFormat.of().formatHex(array, offset, offset + length));
    }

    /** Feeds a stream in pieces through a buffer that is no longer than it must be. */
    private Result feed(StreamFraming framing, byte[] stream, int piece) {
        ByteBuffer buffer = ByteBuffer.allocate(framing.bufferSize());
        Result result = Result.TAKEN;
        for (int at = 0; at < stream.length && result == Result.TAKEN; ) {
            int length = Math.min(Math.min(piece, buffer.remaining()), stream.length - at);
            assertThat(length).as("room in the buffer").isPositive();
            buffer.put(stream, at, length);
            at += length;
            buffer.flip();
            result = framing.take(buffer, this::take);
            buffer.compact();
        }
        return result;
    }

    @Test
    void messagesComeOutWholeWhereverTheStreamIsCut() {
        for (int piece = 1; piece <= STREAM.length; piece++) {
            taken.clear();
            assertThat(feed(new StreamFraming(true, 100), STREAM, piece)).isEqualTo(Result.TAKEN);
            assertThat(taken).as("pieces of %d", piece).isEqualTo(MESSAGES);
        }
    }

    @Test
    void twoPiecesCutAtEveryOctet() {
        for (int cut = 0; cut <= STREAM.length; cut++) {
            taken.clear();
            StreamFraming framing = new StreamFraming(true, 100);
            ByteBuffer buffer = ByteBuffer.allocate(framing.bufferSize());
            for (byte[] part : List.of(Arrays.copyOf(STREAM, cut), Arrays.copyOfRange(STREAM, cut, STREAM.length))) {
                buffer.put(part).flip();
                assertThat(framing.take(buffer, this::take)).isEqualTo(Result.TAKEN);
                buffer.compact();
            }
            assertThat(taken).as("cut at %d", cut).isEqualTo(MESSAGES);
        }
    }

    @Test
    void theSideThatOpenedTheStreamGetsNoPrefix() {
        assertThat(feed(new StreamFraming(false, 100), Arrays.copyOfRange(STREAM, 6, STREAM.length), 5))
                .isEqualTo(Result.TAKEN);
        assertThat(taken).isEqualTo(MESSAGES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n", "I", "IKETCQ", "iketcp", "\u0016\u0003\u0001"})
    void anotherBeginningIsNotTaken(String beginning) {
        Result result = feed(new StreamFraming(true, 100), beginning.getBytes(StandardCharsets.ISO_8859_1), 1);
        assertThat(result).isEqualTo(beginning.equals("I") ? Result.TAKEN : Result.BAD_PREFIX);
        assertThat(taken).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0000", "0001"})
    void aLengthThatDoesNotCountItselfEndsTheStream(String length) {
        byte[] stream = HexFormat.of().parseHex("494b45544350" + "0003ff" + length + "0003ff");
        assertThat(feed(new StreamFraming(true, 100), stream, 3)).isEqualTo(Result.BAD_LENGTH);
        assertThat(taken).containsExactly("ff");
    }

    @Test
    void anEmptyMessageIsOne() {
        assertThat(feed(new StreamFraming(false, 100), new byte[] {0, 2, 0, 3, (byte) 0xff}, 5))
                .isEqualTo(Result.TAKEN);
        assertThat(taken).containsExactly("", "ff");
    }

    @Test
    void aMessageThatIsTooLongIsPassedOver() {
        ByteBuffer stream = ByteBuffer.allocate(70_000);
        assertThat(StreamFraming.put(stream, 0, new byte[100], 0, 100)).isTrue();
        assertThat(StreamFraming.put(stream, 0, new byte[101], 0, 101)).isTrue();
        assertThat(StreamFraming.put(stream, 0, new byte[65_533], 0, 65_533)).isTrue();
        assertThat(StreamFraming.put(stream, 0, new byte[] {1, 2, 3}, 0, 3)).isTrue();
        byte[] bytes = Arrays.copyOf(stream.array(), stream.position());
        for (int piece : new int[] {1, 7, 102}) {
            taken.clear();
            StreamFraming framing = new StreamFraming(false, 100);
            assertThat(feed(framing, bytes, piece)).isEqualTo(Result.TAKEN);
            assertThat(taken).containsExactly("00".repeat(100), "010203");
            assertThat(framing.oversize()).isEqualTo(2);
        }
    }

    @Test
    void aSinkThatIsFullIsGivenTheMessageAgain() {
        StreamFraming framing = new StreamFraming(true, 100);
        ByteBuffer buffer = ByteBuffer.wrap(STREAM);
        assertThat(framing.take(buffer, (array, offset, length) -> !taken.isEmpty() || length != 10))
                .isEqualTo(Result.SINK_FULL);
        assertThat(framing.take(buffer, this::take)).isEqualTo(Result.TAKEN);
        assertThat(taken).containsExactly(MESSAGES.get(1), MESSAGES.get(2));
    }

    @Test
    void whatIsPutIsWhatTheRfcDraws() {
        ByteBuffer out = ByteBuffer.allocate(100);
        out.put(StreamFraming.prefix());
        StreamFraming.put(out, 4, HexFormat.of().parseHex("a1a2a3a4"), 0, 4);
        StreamFraming.put(out, 0, HexFormat.of().parseHex("00c000000100000001b1b200"), 1, 10);
        StreamFraming.put(out, 0, new byte[] {(byte) 0xff}, 0, 1);
        assertThat(Arrays.copyOf(out.array(), out.position())).isEqualTo(STREAM);
    }

    @Test
    void whatHasNoRoomIsNotPutAtAll() {
        ByteBuffer out = ByteBuffer.allocate(11);
        assertThat(StreamFraming.put(out, 4, new byte[6], 0, 6)).isFalse();
        assertThat(out.position()).isZero();
        assertThat(StreamFraming.put(out, 4, new byte[5], 0, 5)).isTrue();
        ByteBuffer large = ByteBuffer.allocate(100_000);
        assertThat(StreamFraming.put(large, 4, new byte[65_530], 0, 65_530)).isFalse();
        assertThat(StreamFraming.put(large, 4, new byte[65_529], 0, 65_529)).isTrue();
        assertThat(large.getShort(0)).isEqualTo((short) 0xffff);
    }
}
