package dev.culvert.ike.v1.message;

import static dev.culvert.ike.v1.message.V1Messages.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.message.FragmentReassembler.Result;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FragmentReassemblerTest {
    private final FragmentReassembler reassembler = new FragmentReassembler();

    @Test
    void cutAndPutTogetherInAnyOrder() {
        byte[] message = message(3000);
        List<byte[]> datagrams = FragmentReassembler.split(message, V1Messages.mainMode(), 7, 576);
        assertThat(datagrams).hasSize(6).allSatisfy(d -> assertThat(d).hasSizeLessThanOrEqualTo(576));
        List<FragmentPayload> fragments = new ArrayList<>();
        for (byte[] datagram : datagrams) {
            fragments.add(((V1Decoded.Fragment) V1Message.decode(datagram)).payload());
        }
        long seed = 45;
        for (int round = 0; round < 50; round++) {
            Collections.shuffle(fragments, new Random(seed + round));
            for (FragmentPayload fragment : fragments.subList(0, 5)) {
                assertThat(reassembler.add(fragment)).isEqualTo(new Result.Kept());
                assertThat(reassembler.add(fragment)).isEqualTo(new Result.Refused("fragment repeated"));
            }
            assertThat(reassembler.add(fragments.get(5)))
                    .as("seed " + (seed + round))
                    .isEqualTo(new Result.Complete(Bytes.of(message)));
        }
    }

    @Test
    void whatFitsIsNotCut() {
        byte[] message = message(576);
        assertThat(FragmentReassembler.split(message, V1Messages.mainMode(), 7, 576))
                .containsExactly(message);
        assertThatThrownBy(() -> FragmentReassembler.split(message(30_000), V1Messages.mainMode(), 7, 100))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSingleFragmentIsAWholeMessage() {
        assertThat(reassembler.add(fragment(1, 1, true, "aa"))).isEqualTo(new Result.Complete(bytes("aa")));
    }

    @Test
    void anotherMessageTakesThePlace() {
        reassembler.add(fragment(1, 1, false, "aa"));
        reassembler.add(fragment(2, 1, false, "bb"));
        assertThat(reassembler.add(fragment(2, 2, true, "cc"))).isEqualTo(new Result.Complete(bytes("bbcc")));
        assertThat(reassembler.add(fragment(1, 2, true, "dd"))).isEqualTo(new Result.Kept());
    }

    /** CVE-2013-6076, CVE-2016-10396: whatever comes, each fragment is the same little work, and little is held. */
    @Test
    void line45_fragmentsAreBounded() {
        assertThat(reassembler.add(fragment(1, 65, false, "aa"))).isEqualTo(new Result.Refused("fragment 65"));
        assertThat(reassembler.add(fragment(1, 255, true, "aa"))).isEqualTo(new Result.Refused("fragment 255"));
        for (int id = 0; id < 0x10000; id++) {
            assertThat(reassembler.add(fragment(id, 1 + id % 64, false, "aa"))).isEqualTo(new Result.Kept());
        }
        reassembler.clear();
        Bytes large = Bytes.of(new byte[1000]);
        for (int number = 1; number <= 32; number++) {
            reassembler.add(new FragmentPayload(1, number, false, large));
        }
        assertThat(reassembler.add(new FragmentPayload(1, 33, false, large)))
                .isEqualTo(new Result.Refused("fragments of more than 32768 octets"));
        assertThat(reassembler.add(fragment(1, 1, true, "aa")))
                .as("what was held is given up")
                .isEqualTo(new Result.Complete(bytes("aa")));
    }

    @Test
    void line45_fragmentsThatContradictEachOtherAreRefused() {
        reassembler.add(fragment(1, 3, false, "aa"));
        assertThat(reassembler.add(fragment(1, 2, true, "bb"))).isInstanceOf(Result.Refused.class);
        assertThat(reassembler.add(fragment(1, 4, true, "bb"))).isEqualTo(new Result.Kept());
        assertThat(reassembler.add(fragment(1, 5, false, "cc"))).isInstanceOf(Result.Refused.class);
        assertThat(reassembler.add(fragment(1, 6, true, "cc"))).isInstanceOf(Result.Refused.class);
    }

    @Test
    void line45_fragmentsThatAreNoneAreDropped() {
        for (String body : List.of("", "0001", "000101", "00010101", "00010001 aa")) {
            assertThat(V1Message.decode(V1Messages.withBody(PayloadType.FRAGMENT.id(), bytes(body))))
                    .isInstanceOf(V1Problem.class);
        }
        byte[] followed = V1Message.of(
                        V1Messages.mainMode(), List.of(fragment(1, 1, true, "aa"), new VendorIdPayload(Bytes.EMPTY)))
                .encode();
        assertThat(V1Message.decode(followed)).isInstanceOf(V1Problem.class);
    }

    private static FragmentPayload fragment(int id, int number, boolean last, String data) {
        return new FragmentPayload(id, number, last, bytes(data));
    }

    private static byte[] message(int length) {
        byte[] message = new byte[length];
        new Random(1).nextBytes(message);
        return message;
    }
}
