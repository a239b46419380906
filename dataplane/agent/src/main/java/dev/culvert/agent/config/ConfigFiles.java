package dev.culvert.agent.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which files a {@code --config} means: the file itself, or a directory's {@code *.yaml}, {@code *.yml} and {@code *.json}
 * in order of name, hidden ones and subdirectories left out. Symbolic links are followed, so that a mounted ConfigMap or
 * Secret works, where the files are links into a directory that is itself swapped by a link.
 */
final class ConfigFiles {
    private ConfigFiles() {}

    static List<Path> list(Path config) throws IOException {
        if (!Files.isDirectory(config)) {
            return List.of(config);
        }
        try (Stream<Path> entries = Files.list(config)) {
            return entries.filter(ConfigFiles::isConfig)
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    /** The directories in which an entry that matters may be changed or swapped: those of each link on the way. */
    static Set<Path> directories(Path config) {
        Set<Path> directories = new LinkedHashSet<>();
        List<Path> paths = new ArrayList<>(List.of(config.toAbsolutePath()));
        if (Files.isDirectory(config)) {
            directories.add(config.toAbsolutePath());
            try {
                list(config).forEach(file -> paths.add(file.toAbsolutePath()));
            } catch (IOException unreadableNow) {
                // what can be watched is watched; reading it reports the problem
            }
        }
        for (Path path : paths) {
            addLinks(path, directories, 0);
        }
        return directories;
    }

    private static void addLinks(Path path, Set<Path> directories, int depth) {
        Path parent = path.getParent();
        if (parent == null || depth > 16) {
            return;
        }
        if (Files.isDirectory(parent)) {
            directories.add(parent);
        }
        try {
            directories.add(path.toRealPath().getParent());
            if (Files.isSymbolicLink(path)) {
                addLinks(parent.resolve(Files.readSymbolicLink(path)).normalize(), directories, depth + 1);
            }
        } catch (IOException dangling) {
            // a link that leads nowhere now: its own directory is watched
        }
    }

    private static boolean isConfig(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"));
    }
}
