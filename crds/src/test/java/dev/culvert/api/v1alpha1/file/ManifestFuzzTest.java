package dev.culvert.api.v1alpha1.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Files that a person wrote: read or refused with a line, and what is read can be compiled; nothing is thrown. */
class ManifestFuzzTest {
    @FuzzTest
    void read(byte[] utf8) {
        Manifests manifests = ManifestReader.read(Path.of("fuzz.yaml"), new String(utf8, StandardCharsets.UTF_8));
        assertThat(manifests.problems())
                .allSatisfy(problem -> assertThat(problem.line()).isPositive());
        if (manifests.isUsable()) {
            assertThat(manifests.endpoints("node")).hasSameSizeAs(manifests.tunnels());
            assertThat(manifests.nodeSecret()).hasSameSizeAs(manifests.tunnels());
        }
    }
}
