package dev.culvert.e2e.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** The cluster with Culvert installed and the branch office beside it: made once for all test classes that ask for it. */
public final class ClusterLab {
    private final Cluster cluster;
    private final Branch branch;

    private ClusterLab(Cluster cluster, Branch branch) {
        this.cluster = cluster;
        this.branch = branch;
    }

    public Cluster cluster() {
        return cluster;
    }

    public Branch branch() {
        return branch;
    }

    private void close() {
        branch.close();
    }

    /** The lab, or why it could not be made, which is tried only once. */
    private record Attempt(
            @Nullable ClusterLab lab, @Nullable RuntimeException failure) implements AutoCloseable {
        static Attempt make() {
            try {
                return new Attempt(ClusterLab.make(), null);
            } catch (RuntimeException e) {
                return new Attempt(null, e);
            }
        }

        ClusterLab result() {
            if (lab == null) {
                throw new LabException("the cluster could not be set up: " + failure);
            }
            return lab;
        }

        @Override
        public void close() {
            if (lab != null) {
                lab.close();
            }
        }
    }

    private static ClusterLab make() {
        try {
            Cluster cluster = Cluster.start();
            Path directory = Files.createTempDirectory("culvert-branch");
            return new ClusterLab(cluster, new Branch(cluster, directory));
        } catch (IOException e) {
            throw new LabException("no temporary directory: " + e.getMessage());
        }
    }

    /** Gives the lab to constructors and methods with a parameter of its type. */
    public static final class Extension implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == ClusterLab.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(ExtensionContext.Namespace.create(ClusterLab.class))
                    .computeIfAbsent(ClusterLab.class, _ -> Attempt.make(), Attempt.class)
                    .result();
        }
    }
}
