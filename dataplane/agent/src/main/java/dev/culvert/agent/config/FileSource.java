package dev.culvert.agent.config;

import dev.culvert.agent.StartupException;
import dev.culvert.agent.TunnelSource;
import dev.culvert.api.v1alpha1.IPSecEndpointSpec;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.compile.EndpointCompiler;
import dev.culvert.api.v1alpha1.file.FileProblem;
import dev.culvert.api.v1alpha1.file.Located;
import dev.culvert.api.v1alpha1.file.ManifestReader;
import dev.culvert.api.v1alpha1.file.Manifests;
import dev.culvert.crypto.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tunnels from files of the same documents as in a cluster. A change is taken up at once; while the files are broken or
 * empty, the last good state stays and {@link #problem} says why.
 */
public final class FileSource implements TunnelSource {
    private static final Logger log = LoggerFactory.getLogger(FileSource.class);
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private final Path config;
    private final String nodeName;
    private DesiredState current;
    private List<String> warnings;
    private volatile String problem = "";
    private @Nullable ConfigWatcher watcher;

    /** What the files say, and what about it works but should not be so. */
    private record Content(DesiredState state, List<String> warnings) {}

    private FileSource(Path config, String nodeName, Content first) {
        this.config = config;
        this.nodeName = nodeName;
        this.current = first.state();
        this.warnings = first.warnings();
    }

    /**
     * Reads the configuration for the first time.
     *
     * @throws StartupException with one line for each problem, if there is one
     */
    public static FileSource open(Path config) throws StartupException {
        String nodeName = nodeName();
        try {
            return new FileSource(config, nodeName, read(config, nodeName, DesiredState.EMPTY));
        } catch (UnusableConfigException e) {
            throw new StartupException("the configuration cannot be used:\n" + e.getMessage());
        }
    }

    @Override
    public void start(Consumer<DesiredState> onChange) throws StartupException {
        warnings.forEach(log::warn);
        onChange.accept(current);
        try {
            watcher = new ConfigWatcher(config, () -> reload(onChange));
        } catch (IOException e) {
            throw new StartupException("cannot watch " + config + ": " + e.getMessage(), e);
        }
    }

    @Override
    public boolean restoresHost() {
        return true;
    }

    @Override
    public String problem() {
        return problem;
    }

    @Override
    public void close() {
        if (watcher != null) {
            watcher.close();
        }
    }

    private void reload(Consumer<DesiredState> onChange) {
        try {
            Content content = read(config, nodeName, current);
            DesiredState read = content.state();
            if (!problem.isEmpty()) {
                problem = "";
                log.info("the configuration in {} can be used again", config);
            }
            if (!content.warnings().equals(warnings)) {
                warnings = content.warnings();
                warnings.forEach(log::warn);
            }
            if (!read.sameAs(current)) {
                current = read;
                onChange.accept(read);
            }
        } catch (UnusableConfigException e) {
            String text = String.valueOf(e.getMessage());
            if (!text.equals(problem)) {
                problem = text;
                log.error("the changed configuration cannot be used, the last good one stays:\n{}", text);
            }
        }
    }

    /** A tunnel that differs from the one of {@code before} has the next generation, one that does not keeps its. */
    private static Content read(Path config, String nodeName, DesiredState before) throws UnusableConfigException {
        Manifests manifests;
        try {
            manifests = ManifestReader.read(config);
        } catch (NoSuchFileException e) {
            throw new UnusableConfigException(config + ": does not exist");
        } catch (IOException e) {
            throw new UnusableConfigException(config + ": cannot be read: " + e.getMessage());
        }
        if (!manifests.isUsable()) {
            throw new UnusableConfigException(manifests.problems().stream()
                    .filter(FileProblem::isError)
                    .map(FileProblem::toString)
                    .collect(Collectors.joining("\n")));
        }
        if (manifests.tunnels().isEmpty() && manifests.secrets().isEmpty() && !Files.isDirectory(config)) {
            // Most likely in the middle of being written; to have no tunnels, stop the agent or use an empty directory.
            throw new UnusableConfigException(config + ": holds no documents");
        }
        Map<String, IPSecTunnel> documents = new HashMap<>();
        for (Located<IPSecTunnel> located : manifests.tunnels()) {
            IPSecTunnel tunnel = located.resource();
            // shown by status: with what a preset and the defaults fill in
            tunnel.setSpec(EndpointCompiler.complete(tunnel.getSpec()));
            documents.put(
                    tunnel.getMetadata().getNamespace() + "/"
                            + tunnel.getMetadata().getName(),
                    tunnel);
        }
        Map<String, DesiredTunnel> known = new HashMap<>();
        before.tunnels().forEach(tunnel -> known.put(tunnel.name(), tunnel));
        Map<String, SecretBytes> keys = manifests.nodeSecret();
        List<DesiredTunnel> tunnels = manifests.endpoints(nodeName).stream()
                .map(spec -> desired(spec, documents, keys, known))
                .toList();
        // usable, so what is left are warnings
        return new Content(
                new DesiredState(tunnels),
                manifests.problems().stream().map(FileProblem::toString).toList());
    }

    private static DesiredTunnel desired(
            IPSecEndpointSpec spec,
            Map<String, IPSecTunnel> documents,
            Map<String, SecretBytes> keys,
            Map<String, DesiredTunnel> known) {
        String name = spec.tunnelRef().toString();
        Credentials credentials = Credentials.of(spec.authentication(), key -> Optional.ofNullable(keys.get(key)));
        DesiredTunnel before = known.get(name);
        long generation = before == null ? 1 : before.generation();
        DesiredTunnel same = new DesiredTunnel(Optional.ofNullable(documents.get(name)), spec, generation, credentials);
        return before == null || before.sameAs(same)
                ? same
                : new DesiredTunnel(same.document(), spec, generation + 1, credentials);
    }

    private static String nodeName() {
        try {
            String name = Files.readString(HOST_NAME).strip();
            return name.isEmpty() ? "localhost" : name;
        } catch (IOException e) {
            return "localhost";
        }
    }

    /** One line for each problem. */
    private static final class UnusableConfigException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableConfigException(String message) {
            super(message);
        }
    }
}
