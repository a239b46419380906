package dev.culvert.ipsec.sad;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SadTest {
    @Test
    void findsEachSaAndNoOther() {
        Random random = new Random(1);
        List<ChildSa> pairs = new ArrayList<>();
        Sad sad = Sad.EMPTY;
        for (int i = 0; i < 300; i++) {
            int spi = i < 100 ? 0x1000 + i : i < 200 ? i << 20 : random.nextInt() | 0x40000000;
            pairs.add(ChildSa.create(new SaBuilder().spis(spi, 0x2001).build(), RandomSource.seeded(1), 0));
            sad = sad.with(pairs.getLast(), pairs);
            assertThat(sad.find(spi)).isSameAs(pairs.getLast().in());
        }
        for (Sad built : List.of(sad, Sad.of(pairs))) {
            for (ChildSa pair : pairs) {
                assertThat(built.find(pair.in().spi())).isSameAs(pair.in());
            }
            for (int i = 0; i < 10_000; i++) {
                int spi = random.nextInt();
                boolean known = pairs.stream().anyMatch(p -> p.in().spi() == spi);
                assertThat(built.find(spi) != null).isEqualTo(known);
            }
        }
        assertThat(Sad.EMPTY.find(0x1000)).isNull();
    }
}
