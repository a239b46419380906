package dev.culvert.e2e.lab;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where this source tree is. */
public final class Repository {
    private Repository() {}

    /** The folder with script/ in it. */
    public static Path root() {
        String given = System.getProperty("culvert.root");
        if (given != null) {
            return Path.of(given);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("script/test"))) {
                return at;
            }
        }
        throw new LabException("not inside the repository: set -Dculvert.root");
    }
}
