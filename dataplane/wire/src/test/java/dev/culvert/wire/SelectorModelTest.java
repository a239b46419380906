package dev.culvert.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prefixes and selectors against a naive model: numbers without size, and every single packet of a small world. */
class SelectorModelTest {
    private static final int ROUNDS = 3_000;

    private static BigInteger number(IpAddress address) {
        return new BigInteger(1, address.toBytes());
    }

    private static IpPrefix randomPrefix(Random random, int version) {
        int bits = version == 4 ? 32 : 128;
        int length = random.nextInt(bits + 1);
        byte[] bytes = new byte[bits / 8];
        // Few distinct bytes, so that prefixes often contain each other.
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextInt(4) == 0 ? 0x80 : random.nextInt(4) == 0 ? 0xff : 0);
        }
        BigInteger value = new BigInteger(1, bytes).shiftRight(bits - length).shiftLeft(bits - length);
        byte[] masked = new byte[bits / 8];
        for (int i = 0; i < masked.length; i++) {
            masked[i] = value.shiftRight(8 * (masked.length - 1 - i)).byteValue();
        }
        return new IpPrefix(IpAddress.of(masked), length);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void prefixesAreRangesOfNumbers(int version) {
        Random random = new Random(version);
        int bits = version == 4 ? 32 : 128;
        int nested = 0;
        for (int round = 0; round < ROUNDS; round++) {
            IpPrefix a = randomPrefix(random, version);
            IpPrefix b = randomPrefix(random, version);
            BigInteger size = BigInteger.ONE.shiftLeft(bits - a.length());
            assertThat(number(a.last())).isEqualTo(number(a.first()).add(size).subtract(BigInteger.ONE));
            boolean contains = number(a.first()).compareTo(number(b.first())) <= 0
                    && number(b.last()).compareTo(number(a.last())) <= 0;
            boolean overlaps = number(a.first()).compareTo(number(b.last())) <= 0
                    && number(b.first()).compareTo(number(a.last())) <= 0;
            assertThat(a.contains(b)).as("%s contains %s", a, b).isEqualTo(contains);
            assertThat(a.overlaps(b)).as("%s overlaps %s", a, b).isEqualTo(overlaps);
            assertThat(a.contains(b.first()))
                    .isEqualTo(number(a.first()).compareTo(number(b.first())) <= 0
                            && number(b.first()).compareTo(number(a.last())) <= 0);
            assertThat(IpPrefix.parse(a.toString())).isEqualTo(a);
            nested += contains ? 1 : 0;
        }
        assertThat(nested).as("the model saw both answers").isBetween(50, ROUNDS - 50);
    }

    @Test
    void hostBitsAndLengthsOutOfRangeAreRefusedByName() {
        assertThatThrownBy(() -> IpPrefix.parse("10.0.0.1/8")).hasMessageContaining("10.0.0.0/8");
        assertThatThrownBy(() -> IpPrefix.parse("10.0.0.0/33")).hasMessageContaining("0 to 32");
        assertThatThrownBy(() -> IpPrefix.parse("2001:db8::/129")).hasMessageContaining("0 to 128");
        assertThat(IpPrefix.parse("0.0.0.0/0").contains(IpAddress.parse("255.255.255.255")))
                .isTrue();
        assertThat(IpPrefix.parse("0.0.0.0/0").contains(IpAddress.parse("::"))).isFalse();
    }

    /** A packet of the small world: 3 protocols, 8 addresses, 6 ports, one of them hidden in a fragment (OPAQUE). */
    private static boolean matches(TrafficSelector s, int protocol, int address, int port) {
        boolean opaquePacket = port == 5;
        return (s.protocol() == 0 || s.protocol() == protocol)
                && s.contains(IpAddress.v4(address))
                && (opaquePacket ? s.isOpaque() || s.anyPort() : s.startPort() <= port && port <= s.endPort());
    }

    private static TrafficSelector randomSelector(Random random) {
        int a = random.nextInt(8);
        int b = random.nextInt(8);
        int[][] ports = {{0, 0xffff}, {0xffff, 0}, {0, 2}, {1, 1}, {2, 4}, {3, 4}};
        int[] port = ports[random.nextInt(ports.length)];
        return new TrafficSelector(
                random.nextInt(3) * 6, port[0], port[1], IpAddress.v4(Math.min(a, b)), IpAddress.v4(Math.max(a, b)));
    }

    /** RFC 7296 §2.9: the narrowed selector covers what both cover, no packet more and none less. */
    @Test
    void anIntersectionMatchesExactlyThePacketsThatBothMatch() {
        Random random = new Random(7296);
        int empty = 0;
        for (int round = 0; round < ROUNDS; round++) {
            TrafficSelector a = randomSelector(random);
            TrafficSelector b = randomSelector(random);
            Optional<TrafficSelector> both = a.intersect(b);
            assertThat(b.intersect(a)).as("%s and %s in either order", a, b).isEqualTo(both);
            assertThat(a.intersect(a)).contains(a);
            boolean every = true;
            for (int protocol : new int[] {1, 6, 12}) {
                for (int address = 0; address < 8; address++) {
                    for (int port = 0; port < 6; port++) {
                        boolean inA = matches(a, protocol, address, port);
                        boolean inB = matches(b, protocol, address, port);
                        int p = protocol;
                        int at = address;
                        int to = port;
                        assertThat(both.filter(s -> matches(s, p, at, to)).isPresent())
                                .as("%s and %s: protocol %d address %d port %d", a, b, p, at, to)
                                .isEqualTo(inA && inB);
                        every &= !inB || inA;
                    }
                }
            }
            if (a.contains(b)) {
                assertThat(every).as("%s contains %s", a, b).isTrue();
            }
            both.ifPresent(s -> {
                assertThat(a.contains(s)).isTrue();
                assertThat(b.contains(s)).isTrue();
            });
            empty += both.isEmpty() ? 1 : 0;
        }
        assertThat(empty).as("the model saw both answers").isBetween(100, ROUNDS - 100);
    }

    @Test
    void selectorsOfDifferentVersionsHaveNothingInCommon() {
        assertThat(TrafficSelector.parse("0.0.0.0/0").intersect(TrafficSelector.parse("::/0")))
                .isEmpty();
    }
}
