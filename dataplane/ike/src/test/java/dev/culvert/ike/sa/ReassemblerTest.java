package dev.culvert.ike.sa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.Decrypted;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** RFC 7383 §2.6. */
class ReassemblerTest {
    private static final IkeHeader HEADER = IkeHeader.request(1, 2, ExchangeType.IKE_AUTH, true, 1);
    private static final int FIRST_TYPE = 35;

    private final Reassembler reassembler = new Reassembler();

    private static Decrypted fragment(int number, int total, String text) {
        return new Decrypted(HEADER, number == 1 ? FIRST_TYPE : 0, number, total, Bytes.utf8(text));
    }

    private static List<Decrypted> fragments(String... parts) {
        List<Decrypted> fragments = new ArrayList<>();
        for (String part : parts) {
            fragments.add(fragment(fragments.size() + 1, parts.length, part));
        }
        return fragments;
    }

    private Decrypted complete(Decrypted last) {
        return ((Reassembler.Result.Complete) reassembler.add(last)).message();
    }

    private void kept(Decrypted fragment) {
        assertThat(reassembler.add(fragment)).isInstanceOf(Reassembler.Result.Kept.class);
    }

    private String refused(Decrypted fragment) {
        return ((Reassembler.Result.Refused) reassembler.add(fragment)).reason();
    }

    @Test
    void putsFragmentsTogetherInWhateverOrderTheyCome() {
        Random random = new Random(5);
        for (int i = 0; i < 50; i++) {
            List<Decrypted> fragments = fragments("When ", "in the ", "Course", "", " of human ", "events");
            Collections.shuffle(fragments, random);
            Decrypted last = fragments.removeLast();
            fragments.forEach(this::kept);
            assertThat(complete(last))
                    .isEqualTo(
                            new Decrypted(HEADER, FIRST_TYPE, 0, 0, Bytes.utf8("When in the Course of human events")));
            assertThat(reassembler.isEmpty()).isTrue();
        }
    }

    @Test
    void line30_totalThatShrinksIsDroppedAndOneThatGrowsBeginsAnew() {
        kept(fragment(1, 3, "long one, "));
        assertThat(refused(fragment(1, 2, "evil"))).isEqualTo("fragment of 2 behind one of 3");
        assertThat(refused(fragment(2, 2, "evil"))).isEqualTo("fragment of 2 behind one of 3");
        kept(fragment(2, 4, "b"));
        assertThat(refused(fragment(3, 3, "too late"))).contains("of 3 behind one of 4");
        kept(fragment(1, 4, "a"));
        kept(fragment(4, 4, "d"));
        assertThat(complete(fragment(3, 4, "c")).plaintext()).isEqualTo(Bytes.utf8("abcd"));
    }

    @Test
    void line30_aFragmentThatIsRepeatedDoesNotReplaceTheFirst() {
        kept(fragment(1, 2, "first"));
        assertThat(refused(fragment(1, 2, "other"))).isEqualTo("fragment repeated");
        assertThat(complete(fragment(2, 2, "!")).plaintext()).isEqualTo(Bytes.utf8("first!"));
    }

    @Test
    void line30_total65535IsNotMadeRoomFor() {
        assertThat(refused(fragment(1, 65535, "x"))).isEqualTo("fragment of 65535");
        assertThat(refused(fragment(65535, 65535, "x"))).isEqualTo("fragment of 65535");
        assertThat(reassembler.isEmpty()).isTrue();
        kept(fragment(1, Reassembler.MAX_FRAGMENTS, "x"));
    }

    @Test
    void line30_memoryIsCapped() {
        Bytes large = Bytes.of(new byte[Reassembler.MAX_OCTETS / 4]);
        for (int number = 1; number <= 4; number++) {
            kept(new Decrypted(HEADER, 0, number, 6, large));
        }
        assertThat(refused(fragment(5, 6, "x"))).contains("more than " + Reassembler.MAX_OCTETS);
        assertThat(reassembler.isEmpty()).isTrue();
    }

    @Test
    void fragmentsOfAnotherMessageTakeThePlaceOfTheOld() {
        kept(fragment(1, 2, "old"));
        IkeHeader other = IkeHeader.request(1, 2, ExchangeType.IKE_AUTH, true, 2);
        assertThat(reassembler.add(new Decrypted(other, 0, 2, 2, Bytes.utf8("new"))))
                .isInstanceOf(Reassembler.Result.Kept.class);
        assertThat(reassembler.add(new Decrypted(other, FIRST_TYPE, 1, 2, Bytes.utf8("quite "))))
                .isEqualTo(new Reassembler.Result.Complete(
                        new Decrypted(other, FIRST_TYPE, 0, 0, Bytes.utf8("quite new"))));
    }
}
