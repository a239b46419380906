package dev.culvert.e2e.lab;

import java.nio.file.Path;

/** A second branch office on the cluster's network: a strongSwan whose network, 10.51.0.0/16, is its own address in it. */
public final class SmallBranch implements AutoCloseable {
    public static final String NETWORK = "10.51.0.0/16";
    public static final String HOST = "10.51.0.1";
    public static final String TUNNEL = "small";
    private static final String IDENTITY = "small.example";

    private final Netns gateway;
    private final String address;
    private final StrongSwan strongSwan;

    public SmallBranch(Cluster cluster, Path directory) {
        gateway = Netns.create("small");
        address = cluster.address(51);
        Netns.cable(cluster.network(), "small", gateway, "wan");
        cluster.network().ip("link set small master lab0");
        gateway.ip("addr add " + address + "/24 dev wan");
        gateway.ip("route add default via " + cluster.address(1));
        gateway.ip("addr add " + HOST + "/16 dev lo");
        strongSwan = StrongSwan.start(gateway, directory.resolve("small"));
    }

    public StrongSwan strongSwan() {
        return strongSwan;
    }

    /** The configuration that fits the tunnel of {@link #tunnel}. */
    public SwanConfig config() {
        return new SwanConfig(address, "%any", IDENTITY, "cluster.example", NETWORK, Branch.PODS);
    }

    /** An IPSecTunnel {@code small} to this office, whose key is in the Secret {@code small-psk}. */
    public TunnelFile tunnel() {
        return new TunnelFile(address, "cluster.example", IDENTITY, Branch.PODS, NETWORK)
                .named(TUNNEL)
                .gateway("default");
    }

    @Override
    public void close() {
        strongSwan.close();
        gateway.close();
    }
}
