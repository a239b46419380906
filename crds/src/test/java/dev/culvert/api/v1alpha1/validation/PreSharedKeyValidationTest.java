package dev.culvert.api.v1alpha1.validation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.v1alpha1.ConditionReasons;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreSharedKeyValidationTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "psk",
                "secret",
                "12345678",
                "1234567890123456",
                "aaaaaaaaaaaaaaaaaaaaaaaa",
                "abcdefghijklmnop",
                "abababababababab",
                "Password123",
                "changeme",
                "strongSwan",
                "zyxwvutsrqponmlk"
            })
    void line43_keysThatCanBeGuessedAreRefused(String key) {
        assertThat(validate(key)).first().satisfies(problem -> {
            assertThat(problem.isError()).isTrue();
            assertThat(problem.reason()).isEqualTo(ConditionReasons.INVALID_SPEC);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"k8sT!vpn", "correct horse", "aP9xQm2z"})
    void weakKeysAreTakenWithAWarning(String key) {
        assertThat(validate(key)).singleElement().satisfies(problem -> {
            assertThat(problem.isError()).isFalse();
            assertThat(problem.reason()).isEqualTo(ConditionReasons.WEAK_PRE_SHARED_KEY);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "at least twenty random characters",
                "demo key of thirty-two characters",
                "Kx8fQ1vVbN3mZr7LpT0wYc5D",
                "e3b0c44298fc1c149afbf4c8996fb924",
            })
    void strongKeysPass(String key) {
        assertThat(validate(key)).isEmpty();
    }

    @Test
    void rawRandomOctetsPass() {
        byte[] key = new byte[16];
        new Random(1).nextBytes(key);
        assertThat(PreSharedKeyValidation.validate("f", key)).isEmpty();
    }

    @Test
    void aLineBreakAtTheEndIsPointedOut() {
        assertThat(validate("Kx8fQ1vVbN3mZr7LpT0wYc5D\n"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.reason()).isEqualTo(ConditionReasons.SECRET_INVALID));
    }

    @Test
    void noMessageShowsTheKey() {
        assertThat(validate("secret").toString() + validate("k8sT!vpn"))
                .doesNotContain("'secret'")
                .doesNotContain("k8sT");
    }

    private static List<Problem> validate(String key) {
        return PreSharedKeyValidation.validate(
                "spec.authentication.preSharedKey.secretRef", key.getBytes(StandardCharsets.UTF_8));
    }
}
