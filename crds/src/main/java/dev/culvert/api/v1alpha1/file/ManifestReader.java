package dev.culvert.api.v1alpha1.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.culvert.api.v1alpha1.ApiVersion;
import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.schema.ResourceSchema;
import dev.culvert.api.v1alpha1.validation.GatewayValidation;
import dev.culvert.api.v1alpha1.validation.Problem;
import dev.culvert.api.v1alpha1.validation.TunnelValidation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads IPSecTunnel, IPSecGateway, Secret and ConfigMap documents by the rules of the resources' own schema and validation.
 *
 * <p>A missing namespace is {@code default}, a missing {@code gatewayRef} the only gateway there is or, without any, one
 * with the defaults. A document with an error is left out of what is read.
 */
public final class ManifestReader {
    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();
    private static final ResourceSchema TUNNEL = ResourceSchema.of("ipsectunnels");
    private static final ResourceSchema GATEWAY = ResourceSchema.of("ipsecgateways");
    private static final Set<String> SUFFIXES = Set.of(".yaml", ".yml", ".json");

    private final List<Located<IPSecTunnel>> tunnels = new ArrayList<>();
    private final List<Located<IPSecGateway>> gateways = new ArrayList<>();
    private final List<Located<FileSecret>> secrets = new ArrayList<>();
    private final List<Located<FileSecret>> configMaps = new ArrayList<>();
    private final List<FileProblem> problems = new ArrayList<>();

    private ManifestReader() {}

    /**
     * Reads a file, or all files of a folder that end in .yaml, .yml or .json, in the order of their names.
     *
     * @throws IOException if one cannot be read; what stands in them is never a reason to throw
     */
    public static Manifests read(Path fileOrFolder) throws IOException {
        ManifestReader reader = new ManifestReader();
        for (Path file : filesOf(fileOrFolder)) {
            reader.readFile(file);
        }
        return reader.finish();
    }

    /** Reads text as if it stood in {@code file}. */
    public static Manifests read(Path file, String text) {
        ManifestReader reader = new ManifestReader();
        reader.readText(file, text);
        return reader.finish();
    }

    private static List<Path> filesOf(Path fileOrFolder) throws IOException {
        if (!Files.isDirectory(fileOrFolder)) {
            return List.of(fileOrFolder);
        }
        try (Stream<Path> entries = Files.list(fileOrFolder)) {
            return entries.filter(Files::isRegularFile)
                    .filter(file -> SUFFIXES.stream().anyMatch(file.toString()::endsWith))
                    .sorted()
                    .toList();
        }
    }

    private void readFile(Path file) throws IOException {
        try {
            readText(file, Files.readString(file));
        } catch (CharacterCodingException e) {
            problems.add(new FileProblem(file, 1, Problem.invalid("", "this is not text in UTF-8", null)));
        }
    }

    private void readText(Path file, String text) {
        YamlDocuments yaml = YamlDocuments.parse(text);
        for (YamlDocuments.SyntaxError error : yaml.errors()) {
            problems.add(
                    new FileProblem(file, error.line(), Problem.invalid(error.fieldPath(), error.message(), null)));
        }
        for (YamlDocuments.Document document : yaml.documents()) {
            readDocument(new Located<>(document.tree(), file, document.lines()));
        }
    }

    private Manifests finish() {
        Manifests read = new Manifests(tunnels, gateways, secrets, configMaps, List.of());
        problems.addAll(new CrossChecks(read).problems());
        return new Manifests(tunnels, gateways, secrets, configMaps, FileProblem.sorted(problems));
    }

    private void readDocument(Located<JsonNode> document) {
        if (!(document.resource() instanceof ObjectNode object)) {
            report(document, List.of(Problem.invalid("", "the document is not a block of fields", null)));
            return;
        }
        String kind = object.path("kind").asText();
        String apiVersion = object.path("apiVersion").asText();
        switch (apiVersion + " " + kind) {
            case ApiVersion.GROUP_VERSION + " " + IPSecTunnel.KIND -> readTunnel(document, object);
            case ApiVersion.GROUP_VERSION + " " + IPSecGateway.KIND -> readGateway(document, object);
            case "v1 Secret" -> readSecret(document, object);
            case "v1 ConfigMap" -> readConfigMap(document, object);
            default ->
                report(
                        document,
                        List.of(Problem.unsupported(
                                "kind",
                                "kind '" + kind + "' of apiVersion '" + apiVersion + "' is not read here",
                                "IPSecTunnel and IPSecGateway of " + ApiVersion.GROUP_VERSION
                                        + ", Secret and ConfigMap of v1")));
        }
    }

    private void readTunnel(Located<JsonNode> document, ObjectNode tree) {
        List<Problem> found = new ArrayList<>(DocumentMetadata.complete(tree));
        found.addAll(TUNNEL.check(tree, Set.of("spec.gatewayRef")));
        if (found.isEmpty()) {
            IPSecTunnel tunnel = convert(tree, IPSecTunnel.class);
            found.addAll(TunnelValidation.validate(tunnel.getSpec()));
            keep(tunnels, new Located<>(tunnel, document.file(), document.lines()), found);
        }
        report(document, found);
    }

    private void readGateway(Located<JsonNode> document, ObjectNode tree) {
        List<Problem> found = new ArrayList<>(DocumentMetadata.complete(tree));
        found.addAll(GATEWAY.check(tree, Set.of()));
        if (found.isEmpty()) {
            IPSecGateway gateway = convert(tree, IPSecGateway.class);
            found.addAll(GatewayValidation.validate(gateway.getSpec()));
            keep(gateways, new Located<>(gateway, document.file(), document.lines()), found);
        }
        report(document, found);
    }

    private void readSecret(Located<JsonNode> document, ObjectNode tree) {
        List<Problem> found = new ArrayList<>(DocumentMetadata.complete(tree));
        FileSecret secret = SecretDocument.read(tree, found);
        keep(secrets, new Located<>(secret, document.file(), document.lines()), found);
        report(document, found);
    }

    private void readConfigMap(Located<JsonNode> document, ObjectNode tree) {
        List<Problem> found = new ArrayList<>(DocumentMetadata.complete(tree));
        FileSecret configMap = SecretDocument.readConfigMap(tree, found);
        keep(configMaps, new Located<>(configMap, document.file(), document.lines()), found);
        report(document, found);
    }

    /** The spec only: a status that was saved with it is of the past. */
    private static <T extends HasMetadata> T convert(ObjectNode tree, Class<T> type) {
        ObjectNode withoutStatus = tree.deepCopy();
        withoutStatus.remove("status");
        return SERIALIZATION.convertValue(withoutStatus, type);
    }

    private static <T> void keep(List<Located<T>> to, Located<T> resource, List<Problem> found) {
        if (found.stream().noneMatch(Problem::isError)) {
            to.add(resource);
        }
    }

    private void report(Located<JsonNode> document, List<Problem> found) {
        for (Problem problem : found) {
            problems.add(FileProblem.at(document, problem));
        }
    }
}
