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
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Writes the CustomResourceDefinitions; the build runs it after compiling this module. */
public final class WriteCrds {
    private static final List<Class<? extends HasMetadata>> RESOURCES =
            List.of(IPSecTunnel.class, IPSecGateway.class, IPSecEndpoint.class);

    private static final String SUFFIX = "-v1.yml";

    private WriteCrds() {}

    /**
     * Writes one file for each resource.
     *
     * @param arguments the folder to write to, and the chart's folder, which is kept the same
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        write(folder);
        copyToChart(folder, Path.of(arguments[1]));
    }

    private static void write(Path folder) throws IOException {
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

    /** The chart's files are checked in, so that it can be installed without a build; the build keeps them in step. */
    private static void copyToChart(Path folder, Path chart) throws IOException {
        Files.createDirectories(chart);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(SUFFIX)).toList()) {
                String name = file.getFileName().toString();
                Path copy = chart.resolve(name.substring(0, name.length() - SUFFIX.length()) + ".yaml");
                if (!Files.exists(copy) || Files.mismatch(file, copy) != -1) {
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                }
            }
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
