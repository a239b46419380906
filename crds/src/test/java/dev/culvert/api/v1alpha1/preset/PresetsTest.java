package dev.culvert.api.v1alpha1.preset;

import static dev.culvert.api.v1alpha1.Documents.SECRET;
import static dev.culvert.api.v1alpha1.Documents.TUNNEL;
import static dev.culvert.api.v1alpha1.Documents.as;
import static dev.culvert.api.v1alpha1.Documents.tree;
import static dev.culvert.api.v1alpha1.Documents.with;
import static dev.culvert.api.v1alpha1.Documents.without;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.DpdAction;
import dev.culvert.api.v1alpha1.Durations;
import dev.culvert.api.v1alpha1.IPSecEndpointSpec;
import dev.culvert.api.v1alpha1.IPSecGatewaySpec;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.IkeVersion;
import dev.culvert.api.v1alpha1.MssClampMode;
import dev.culvert.api.v1alpha1.Preset;
import dev.culvert.api.v1alpha1.TcpMssClamp;
import dev.culvert.api.v1alpha1.compile.EndpointCompiler;
import dev.culvert.api.v1alpha1.file.Explanation;
import dev.culvert.api.v1alpha1.file.ManifestReader;
import dev.culvert.api.v1alpha1.file.Manifests;
import dev.culvert.api.v1alpha1.validation.Problem;
import dev.culvert.api.v1alpha1.validation.TunnelValidation;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PresetsTest {
    private static final Path FILE = Path.of("branch.yaml");
    private static final Path PAGE = Path.of("../docs/presets.md");

    /** Those whose vendors offer nothing better, or not as they come. */
    private static final Set<Preset> WEAK =
            Set.of(Preset.AZURE, Preset.AZURE_POLICY_BASED, Preset.GCP_IKE_V1, Preset.MIKRO_TIK);

    static Stream<PresetCase> all() {
        return Arrays.stream(Preset.values())
                .flatMap(preset -> Presets.of(preset).stream().map(settings -> new PresetCase(preset, settings)));
    }

    record PresetCase(Preset preset, PresetSettings settings) {
        /** A tunnel that says nothing which a preset can fill in but, where it has a choice, the version. */
        ObjectNode document() {
            ObjectNode bare = without(without(tree(TUNNEL), "/spec/ike"), "/spec/children/0/proposals");
            with(bare, "/spec/preset", preset.toString());
            return Presets.of(preset).getFirst().version() == settings.version()
                    ? bare
                    : with(bare, "/spec/ike", "{version: " + settings.version() + "}");
        }

        Manifests read() {
            return ManifestReader.read(
                    FILE,
                    Serialization.asYaml(document()) + "---\n"
                            + SECRET.replace("at least twenty random characters", "AtLeastTwentyRandomCharacters"));
        }

        @Override
        public String toString() {
            return preset + " " + settings.version();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyPresetMakesATunnelThatIsTakenAndWarnsOfWhatIsWeak(PresetCase each) {
        Manifests read = each.read();
        assertThat(read.isUsable()).as("%s", read.problems()).isTrue();
        List<Problem> problems =
                read.problems().stream().map(problem -> problem.problem()).toList();
        if (WEAK.contains(each.preset())) {
            assertThat(problems).isNotEmpty().allSatisfy(problem -> {
                assertThat(problem.reason()).isEqualTo(ConditionReasons.WEAK_ALGORITHM);
                assertThat(problem.fieldPath()).isEqualTo("spec.preset");
            });
        } else {
            assertThat(problems).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyValueIsInTheEndpointAndExplainedWithItsSource(PresetCase each) {
        List<Explanation.Line> lines = each.read().explanations().getFirst().lines();
        for (PresetValue value : each.settings().values()) {
            if (value.field().equals("spec.ike.version") && lines.stream().anyMatch(line -> isWritten(line, value))) {
                continue; // the tunnel says it, because the preset has another one first
            }
            assertThat(lines)
                    .filteredOn(line -> line.field().replace("[0]", "[*]").equals(value.field()))
                    .singleElement()
                    .satisfies(line -> {
                        assertThat(line.value()).isEqualTo(value.value());
                        assertThat(line.origin())
                                .isEqualTo(
                                        "preset " + each.preset() + ": " + value.documented() + ", " + value.source());
                    });
            assertThat(value.source()).startsWith("https://");
            assertThat(value.documented()).isNotBlank();
        }
        assertThat(lines)
                .filteredOn(line -> line.origin().startsWith("preset "))
                .hasSizeLessThanOrEqualTo(each.settings().values().size());
    }

    private static boolean isWritten(Explanation.Line line, PresetValue value) {
        return line.field().equals(value.field()) && line.origin().startsWith(FILE.toString());
    }

    @ParameterizedTest
    @MethodSource("all")
    void lifetimesEndBeforeThePeers(PresetCase each) {
        for (PresetValue value : each.settings().values()) {
            if (value.field().endsWith(".rekeyTime")) {
                long documented = Long.parseLong(value.documented().replaceAll("[^0-9]", ""));
                Duration rekeyTime = Durations.parse(value.value());
                // as the agent makes an SA's lifetime: a tenth more
                assertThat(rekeyTime.plus(rekeyTime.dividedBy(10)))
                        .isBetween(Duration.ofSeconds(documented * 9 / 10), Duration.ofSeconds(documented));
            }
            if (value.field().endsWith(".rekeyBytes")) {
                long documented = Long.parseLong(value.documented().replaceAll("[^0-9]", ""));
                assertThat(2 * Long.parseLong(value.value())).isEqualTo(documented * 1000);
            }
        }
    }

    @Test
    void fillsInOnlyWhatTheTunnelDoesNotSay() {
        ObjectNode document = with(tree(TUNNEL), "/spec/preset", "Azure"); // says proposals, ike.rekeyTime, dpd.delay
        with(document, "/spec/tcpMSSClamp", "{mode: Off}");
        IPSecEndpointSpec endpoint =
                EndpointCompiler.compile(as(IPSecTunnel.class, document), IPSecGatewaySpec.defaults(), "node-a");
        assertThat(endpoint.ike().proposals())
                .containsExactly("aes256gcm16-prfsha384-x25519", "aes256-sha256-modp2048");
        assertThat(endpoint.ike().rekeyTime()).isEqualTo("4h");
        assertThat(endpoint.children().getFirst().proposals()).containsExactly("aes256gcm16-x25519", "aes256gcm16");
        assertThat(endpoint.tcpMSSClamp()).isEqualTo(new TcpMssClamp(MssClampMode.OFF, null));
        assertThat(endpoint.children().getFirst().rekeyTime()).isEqualTo("6h49m");
        assertThat(endpoint.children().getFirst().rekeyBytes()).isEqualTo(51_200_000_000L);
    }

    @Test
    void aPartOfTheLivenessChecksMayBeSaid() {
        ObjectNode document = with(tree(TUNNEL), "/spec/preset", "JuniperSRX");
        with(document, "/spec/ike/dpd", "{delay: 15s, action: Clear}");
        IPSecEndpointSpec endpoint =
                EndpointCompiler.compile(as(IPSecTunnel.class, document), IPSecGatewaySpec.defaults(), "node-a");
        assertThat(endpoint.ike().dpd().delay()).isEqualTo("15s");
        assertThat(endpoint.ike().dpd().timeout()).isEqualTo("50s");
        assertThat(endpoint.ike().dpd().action()).isEqualTo(DpdAction.CLEAR);
    }

    @Test
    void aChildWithoutEncryptionKeepsItsOwnProposals() {
        ObjectNode document = with(tree(TUNNEL), "/spec/preset", "AWS");
        with(without(document, "/spec/children/0/proposals"), "/spec/children/0/protocol", "AH");
        assertThat(TunnelValidation.validate(as(IPSecTunnel.class, document).getSpec()))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"aws", "Aws", "Watchguard"})
    void anUnknownPresetIsRefusedByName(String name) {
        Manifests read = ManifestReader.read(
                FILE, Serialization.asYaml(with(tree(TUNNEL), "/spec/preset", name)) + "---\n" + SECRET);
        assertThat(read.problems()).singleElement().asString().contains("spec.preset: '" + name + "'", "AWS, Azure");
    }

    @ParameterizedTest
    @CsvSource({"GCP,IKEv1,IKEv2", "Cloudflare,IKEv1,IKEv2", "AzurePolicyBased,IKEv2,IKEv1", "GCPIKEv1,IKEv2,IKEv1"})
    void aVersionThatTheVendorDoesNotSpeakIsRefused(String preset, String version, String allowed) {
        ObjectNode document = with(
                with(without(tree(TUNNEL), "/spec/ike"), "/spec/preset", preset),
                "/spec/ike",
                "{version: " + version + "}");
        assertThat(TunnelValidation.validate(as(IPSecTunnel.class, document).getSpec()))
                .filteredOn(Problem::isError)
                .anySatisfy(problem -> {
                    assertThat(problem.fieldPath()).isEqualTo("spec.ike.version");
                    assertThat(problem.message()).contains(version, preset);
                    assertThat(problem.allowed()).isEqualTo(allowed);
                });
    }

    @ParameterizedTest
    @EnumSource(
            value = Preset.class,
            names = {"CISCO_ASA", "CLOUDFLARE"})
    void severalNetworksAreRefusedWhereThePeerTakesOne(Preset preset) {
        ObjectNode document = with(tree(TUNNEL), "/spec/preset", preset.toString());
        with(document, "/spec/children/0/remoteTrafficSelectors", "[10.50.0.0/16, 10.51.0.0/16]");
        assertThat(TunnelValidation.validate(as(IPSecTunnel.class, document).getSpec()))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.isError()).isTrue();
                    assertThat(problem.fieldPath()).isEqualTo("spec.children[0].remoteTrafficSelectors");
                    assertThat(problem.allowed()).isEqualTo("a child for each pair");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "AtLeast.twenty_Random1,true",
        "0tLeastTwentyRandomCharacters,false",
        "at least twenty random characters,false",
        "Short12,false",
    })
    void awsTakesNotEveryKey(String key, boolean fine) {
        Manifests read = ManifestReader.read(
                FILE,
                Serialization.asYaml(with(tree(TUNNEL), "/spec/preset", "AWS")) + "---\n"
                        + SECRET.replace("at least twenty random characters", key));
        List<String> refusals = read.problems().stream()
                .filter(problem -> problem.problem().reason().equals(ConditionReasons.SECRET_INVALID))
                .map(Object::toString)
                .toList();
        assertThat(refusals).hasSize(fine ? 0 : 1).noneMatch(text -> text.contains(key));
    }

    @Test
    void thePageHasEveryValueAndItsSource() throws IOException {
        assertThat(Files.readString(PAGE))
                .as("docs/presets.md; it is to have this table:\n%s", table())
                .contains(table());
    }

    /** A row for each value; a value that both versions of IKE have in common has one. */
    private static String table() {
        Map<String, String> rows = new LinkedHashMap<>();
        all().forEach(each -> rows(each)
                .forEach(row ->
                        rows.merge(row, each.settings().version().toString(), (one, other) -> one + ", " + other)));
        return "| preset | field | value | IKE | what the vendor says |\n|---|---|---|---|---|\n"
                + rows.entrySet().stream()
                        .map(row -> row.getKey().replace("VERSIONS", row.getValue()))
                        .collect(Collectors.joining("\n"));
    }

    private static Stream<String> rows(PresetCase each) {
        String start = "| " + each.preset() + " | ";
        Stream<PresetValue> demands = each.settings().onePairPerChild().stream();
        return Stream.concat(
                each.settings().values().stream()
                        .map(value -> start + "`" + value.field() + "` | `" + value.value() + "` | " + said(value)),
                demands.map(value -> start + "`spec.children[*]` | one traffic selector on each end | " + said(value)));
    }

    private static String said(PresetValue value) {
        return "VERSIONS | "
                + value.documented()
                + Pattern.compile(" ")
                        .splitAsStream(value.source())
                        .map(url -> " ([source](" + url + "))")
                        .collect(Collectors.joining())
                + " |";
    }

    @Test
    void ikeV1OfAPresetIsNeverOfferedWhatItDoesNotKnow() {
        assertThat(all().filter(each -> each.settings().version() == IkeVersion.IKE_V1))
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.settings().ike().proposals())
                        .noneMatch(proposal -> proposal.contains("gcm") || proposal.contains("mlkem")));
    }
}
