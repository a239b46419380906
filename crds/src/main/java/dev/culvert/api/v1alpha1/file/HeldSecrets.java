package dev.culvert.api.v1alpha1.file;

import dev.culvert.api.v1alpha1.TrustBundleReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Secrets and ConfigMaps of a configuration by their names, of which the first of each counts. */
final class HeldSecrets {
    private record Key(String namespace, String name) {}

    private final Map<Key, FileSecret> secrets;
    private final Map<Key, FileSecret> configMaps;

    HeldSecrets(Manifests manifests) {
        secrets = byName(manifests.secrets());
        configMaps = byName(manifests.configMaps());
    }

    private static Map<Key, FileSecret> byName(List<Located<FileSecret>> all) {
        Map<Key, FileSecret> byName = new HashMap<>();
        for (Located<FileSecret> one : all) {
            byName.putIfAbsent(
                    new Key(one.resource().namespace(), one.resource().name()), one.resource());
        }
        return byName;
    }

    Optional<FileSecret> secret(String namespace, String name) {
        return Optional.ofNullable(secrets.get(new Key(namespace, name)));
    }

    /** What a trust bundle's reference leads to. */
    Optional<FileSecret> holder(String namespace, TrustBundleReference reference) {
        return switch (reference.kind()) {
            case SECRET -> secret(namespace, reference.name());
            case CONFIG_MAP -> Optional.ofNullable(configMaps.get(new Key(namespace, reference.name())));
        };
    }
}
