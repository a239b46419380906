package dev.culvert.api.v1alpha1.validation;

import static dev.culvert.api.v1alpha1.Documents.TUNNEL;
import static dev.culvert.api.v1alpha1.Documents.as;
import static dev.culvert.api.v1alpha1.Documents.tree;
import static dev.culvert.api.v1alpha1.Documents.with;
import static dev.culvert.api.v1alpha1.Documents.without;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IkeV1ChecksTest {
    private static ObjectNode ikeV1() {
        return with(
                with(
                        with(tree(TUNNEL), "/spec/ike/version", "IKEv1"),
                        "/spec/ike/proposals",
                        "[aes256-sha256-modp2048]"),
                "/spec/children/0/proposals",
                "[aes256gcm16-modp2048, aes256-sha256]");
    }

    private static List<Problem> problems(ObjectNode document) {
        return TunnelValidation.validate(as(IPSecTunnel.class, document).getSpec());
    }

    @Test
    void anIkeV1TunnelIsFine() {
        assertThat(problems(ikeV1())).isEmpty();
        assertThat(problems(without(ikeV1(), "/spec/ike/proposals"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/spec/ike/mobike|true|spec.ike.mobike",
                "/spec/ike/childless|Force|spec.ike.childless",
                "/spec/ike/tcpEncapsulation|Always|spec.ike.tcpEncapsulation",
                "/spec/authentication/postQuantumPreSharedKey|{id: x, secretRef: {name: p, key: k}}|spec.authentication.postQuantumPreSharedKey",
                "/spec/children/0/localTrafficSelectors|[10.244.0.0/24, 10.244.1.0/24]|spec.children[0].localTrafficSelectors",
                "/spec/ike/proposals|[aes256gcm16-prfsha256-modp2048]|spec.ike.proposals[0]",
                "/spec/ike/proposals|[aes256-sha256-x25519]|spec.ike.proposals[0]",
                "/spec/ike/proposals|[aes256-aesxcbc-modp2048]|spec.ike.proposals[0]",
                "/spec/ike/proposals|[aes256-sha256-modp2048-ke1_mlkem768]|spec.ike.proposals[0]",
                "/spec/children/0/proposals|[aes256gcm16-x448]|spec.children[0].proposals[0]",
                "/spec/children/0/proposals|[chacha20poly1305-modp2048]|spec.children[0].proposals[0]",
            })
    void whatIkeV1DoesNotHaveIsRefusedByName(String pointer, String value, String path) {
        assertThat(problems(with(ikeV1(), pointer, value)))
                .filteredOn(Problem::isError)
                .extracting(Problem::fieldPath)
                .containsExactly(path);
    }

    @Test
    void md5IsTakenForIkeV1AloneAndWithAWarning() {
        ObjectNode document = with(ikeV1(), "/spec/ike/proposals", "[3des-md5-modp1024]");
        with(document, "/spec/children/0/proposals", "[aes128-md5]");
        assertThat(problems(document))
                .allSatisfy(problem -> assertThat(problem.reason()).isEqualTo(ConditionReasons.WEAK_ALGORITHM))
                .extracting(Problem::toString)
                .satisfiesExactly(
                        phase1 -> assertThat(phase1).contains("3des, prfmd5, md5, modp1024", "aes256", "ecp256"),
                        phase2 -> assertThat(phase2).contains("weak md5", "sha256"));
        assertThat(problems(with(document, "/spec/ike/version", "IKEv2")))
                .filteredOn(Problem::isError)
                .extracting(Problem::fieldPath)
                .containsExactly("spec.ike.proposals[0]", "spec.children[0].proposals[0]");
    }

    @Test
    void whatIkeV2HasIsNotDemandedToBeWrittenOff() {
        assertThat(as(IPSecTunnel.class, ikeV1()).getSpec().ike().mobike()).isFalse();
        assertThat(as(IPSecTunnel.class, tree(TUNNEL)).getSpec().ike().mobike()).isTrue();
    }

    @Test
    void bothEndsAuthenticateByTheSameMethod() {
        ObjectNode document = with(ikeV1(), "/spec/authentication/remoteMethod", "Certificate");
        with(
                document,
                "/spec/authentication/certificate",
                "{trustBundleRef: {kind: ConfigMap, name: ca, key: ca.crt}}");
        assertThat(problems(document))
                .extracting(Problem::fieldPath)
                .containsExactly("spec.authentication.remoteMethod");
    }

    @Test
    void line41_aggressiveModeWithAPreSharedKeyIsTakenWithAWarning() {
        assertThat(problems(with(ikeV1(), "/spec/ike/mode", "Aggressive")))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.isError()).isFalse();
                    assertThat(problem.fieldPath()).isEqualTo("spec.ike.mode");
                });
    }

    @Test
    void aggressiveModeHasNoChoiceOfKeyExchanges() {
        ObjectNode document = with(ikeV1(), "/spec/ike/mode", "Aggressive");
        with(document, "/spec/ike/proposals", "[aes256-sha256-modp2048, aes256-sha256-modp3072]");
        assertThat(problems(document))
                .filteredOn(Problem::isError)
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("modp2048, modp3072"));
    }

    @Test
    void aModeBelongsToIkeV1() {
        assertThat(problems(with(tree(TUNNEL), "/spec/ike/mode", "Main")))
                .extracting(Problem::fieldPath)
                .containsExactly("spec.ike.mode");
    }
}
