package dev.culvert.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.v1alpha1.AuthenticationMethod;
import dev.culvert.api.v1alpha1.EndpointAuthentication;
import dev.culvert.api.v1alpha1.EndpointCertificate;
import dev.culvert.api.v1alpha1.EndpointPostQuantumPreSharedKey;
import dev.culvert.crypto.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CredentialsTest {
    private static final EndpointAuthentication WANTED = new EndpointAuthentication(
            AuthenticationMethod.CERTIFICATE,
            null,
            null,
            new EndpointCertificate("t.crt", "t.key", "t.ca", null),
            new EndpointPostQuantumPreSharedKey("q", "t.ppk", false));
    private static final Map<String, String> SECRET =
            Map.of("t.crt", "certificate", "t.key", "key", "t.ca", "bundle", "t.ppk", "further key");

    private static Credentials of(Map<String, String> secret) {
        return Credentials.of(
                WANTED,
                key -> Optional.ofNullable(secret.get(key))
                        .map(text -> SecretBytes.wrap(text.getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void nothingIsMissing() {
        assertThat(of(SECRET).missing(WANTED)).isEmpty();
        assertThat(of(SECRET).sameAs(of(SECRET))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "t.crt, the certificate or its private key",
        "t.key, the certificate or its private key",
        "t.ca, the trust bundle",
        "t.ppk, the post-quantum pre-shared key",
    })
    void whatIsMissingIsNamed(String key, String what) {
        Map<String, String> secret = new TreeMap<>(SECRET);
        secret.remove(key);
        assertThat(of(secret).missing(WANTED)).contains(what);
        assertThat(of(secret).sameAs(of(SECRET))).isFalse();
        secret.put(key, "another");
        assertThat(of(secret).sameAs(of(SECRET))).isFalse();
    }
}
