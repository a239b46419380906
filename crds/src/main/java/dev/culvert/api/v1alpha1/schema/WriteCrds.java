package dev.culvert.api.v1alpha1.schema;

import dev.culvert.api.v1alpha1.IPSecEndpoint;
import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Writes the CustomResourceDefinitions; the build runs it after compiling this module. */
public final class WriteCrds {
    private static final List<Class<? extends HasMetadata>> RESOURCES =
            List.of(IPSecTunnel.class, IPSecGateway.class, IPSecEndpoint.class);

    private WriteCrds() {}

    /**
     * Writes one file for each resource.
     *
     * @param arguments the folder to write to
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Files.createDirectories(folder);
        int written = new CRDGenerator()
                .inOutputDir(folder.toFile())
                .forCRDVersions("v1")
                .customResourceClasses(RESOURCES)
                .withPostProcessor(new Refinement())
                .generate();
        if (written != RESOURCES.size()) {
            throw new IllegalStateException("wrote " + written + " resources of " + RESOURCES.size() + " to " + folder);
        }
    }

    /** What the generator has no annotation for. */
    private static final class Refinement implements CRDPostProcessor {
        @Override
        public HasMetadata process(HasMetadata crd, String version) {
            CustomResourceDefinition definition = (CustomResourceDefinition) crd;
            for (CustomResourceDefinitionVersion each : definition.getSpec().getVersions()) {
                each.getSchema().getOpenAPIV3Schema().setRequired(List.of("spec"));
                orderColumns(
                        each.getAdditionalPrinterColumns(),
                        columns(definition.getSpec().getNames().getKind()));
            }
            return definition;
        }

        /** The generator sorts columns by their path; people want them in the order in which they are declared. */
        private static void orderColumns(List<CustomResourceColumnDefinition> columns, List<String> order) {
            columns.sort(Comparator.comparingInt(column -> order.indexOf(column.getName())));
        }

        private static List<String> columns(String kind) {
            Stream<AdditionalPrinterColumn> declared = RESOURCES.stream()
                    .filter(type -> type.getSimpleName().equals(kind))
                    .flatMap(type -> Arrays.stream(type.getAnnotationsByType(AdditionalPrinterColumn.class)));
            return declared.map(AdditionalPrinterColumn::name).toList();
        }
    }
}
