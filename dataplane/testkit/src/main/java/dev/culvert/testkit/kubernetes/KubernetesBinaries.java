package dev.culvert.testkit.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder with the programs {@code etcd}, {@code kube-apiserver} and {@code kubectl} that {@code script/cluster build}
 * makes.
 *
 * @param folder that has all three
 */
public record KubernetesBinaries(Path folder) {
    private static final List<String> PROGRAMS = List.of("etcd", "kube-apiserver", "kubectl");

    /**
     * Looks in {@code CULVERT_KUBE_BIN}, in the newest version of {@code KUBE_API_TEST_DIR}, and in {@code bin} of the
     * project's cache ({@code CULVERT_CACHE}, by default {@code ~/.cache/culvert}).
     */
    public static Optional<KubernetesBinaries> find() {
        return find(System.getenv());
    }

    static Optional<KubernetesBinaries> find(Map<String, String> environment) {
        Stream<Path> named =
                Stream.ofNullable(environment.get("CULVERT_KUBE_BIN")).map(Path::of);
        Stream<Path> tested = Stream.ofNullable(environment.get("KUBE_API_TEST_DIR"))
                .map(folder -> Path.of(folder, "k8s"))
                .flatMap(KubernetesBinaries::newestFirst);
        String cache = environment.getOrDefault(
                "CULVERT_CACHE", Objects.requireNonNullElse(environment.get("HOME"), "/root") + "/.cache/culvert");
        return Stream.of(named, tested, Stream.of(Path.of(cache, "bin")))
                .flatMap(folders -> folders)
                .filter(KubernetesBinaries::isComplete)
                .findFirst()
                .map(KubernetesBinaries::new);
    }

    public String program(String name) {
        return folder.resolve(name).toString();
    }

    private static boolean isComplete(Path folder) {
        return PROGRAMS.stream().allMatch(name -> Files.isExecutable(folder.resolve(name)));
    }

    private static Stream<Path> newestFirst(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Stream.empty();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted((a, b) -> b.compareTo(a)).toList().stream();
        } catch (IOException e) {
            return Stream.empty();
        }
    }
}
