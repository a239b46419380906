package dev.culvert.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/** Public values that a peer chooses: refused with {@link InvalidPublicValueException} or agreed upon. */
class KeyExchangeFuzzTest {
    private static final KeyExchange X25519 = KeyExchange.generate(KeyExchangeMethod.X25519, RandomSource.seeded(1));
    private static final KeyExchange ECP_256 = KeyExchange.generate(KeyExchangeMethod.ECP_256, RandomSource.seeded(1));
    private static final KeyExchange X448 = KeyExchange.generate(KeyExchangeMethod.X448, RandomSource.seeded(1));
    private static final KeyExchange BRAINPOOL_256 =
            KeyExchange.generate(KeyExchangeMethod.BRAINPOOL_256, RandomSource.seeded(1));
    private static final KeyExchange MODP_2048 =
            KeyExchange.generate(KeyExchangeMethod.MODP_2048, RandomSource.seeded(1));

    @FuzzTest
    void x25519(byte[] publicValue) {
        agrees(X25519, publicValue);
    }

    @FuzzTest
    void ecp256(byte[] publicValue) {
        agrees(ECP_256, publicValue);
    }

    @FuzzTest
    void x448(byte[] publicValue) {
        agrees(X448, publicValue);
    }

    @FuzzTest
    void brainpool256(byte[] publicValue) {
        agrees(BRAINPOOL_256, publicValue);
    }

    @FuzzTest
    void modp2048(byte[] publicValue) {
        agrees(MODP_2048, publicValue);
    }

    /** At its own length, and brought to the length of the method, since nothing else goes deep. */
    private static void agrees(KeyExchange ours, byte[] publicValue) {
        agreesOrRefuses(ours, publicValue);
        agreesOrRefuses(ours, Arrays.copyOf(publicValue, ours.method().answerLength()));
    }

    private static void agreesOrRefuses(KeyExchange ours, byte[] publicValue) {
        try (SecretBytes secret = ours.agree(publicValue)) {
            assertThat(publicValue).hasSize(ours.method().answerLength());
            assertThat(secret.bytes()).isNotEqualTo(new byte[secret.length()]);
        } catch (InvalidPublicValueException refused) {
            assertThat(refused).hasMessageContaining(" ");
        }
    }
}
