package dev.culvert.e2e.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Any number of tunnels between the two gateways of a topology, each with identities and a network of its own. */
public final class ManyTunnels {
    private static final String LEFT_NETWORK = "10.1.0.0/24";
    private static final String KEY = "secrets { ike-any { secret = \"" + SwanConfig.PSK + "\" } }\n";

    private final Topology topology;

    public ManyTunnels(Topology topology) {
        this.topology = topology;
    }

    /** For the left agent, which begins. */
    public TunnelFile[] initiator(int count) {
        TunnelFile[] files = new TunnelFile[count];
        for (int i = 0; i < count; i++) {
            files[i] = TunnelFile.between(topology, topology.left(), topology.right())
                    .named("t" + i)
                    .identities("here" + i + ".example", "there" + i + ".example")
                    .selectors(LEFT_NETWORK, network(i));
        }
        return files;
    }

    /** For the right agent. */
    public TunnelFile[] responder(int count) {
        TunnelFile[] files = new TunnelFile[count];
        for (int i = 0; i < count; i++) {
            files[i] = TunnelFile.between(topology, topology.right(), topology.left())
                    .named("t" + i)
                    .identities("there" + i + ".example", "here" + i + ".example")
                    .selectors(network(i), LEFT_NETWORK)
                    .startAction("None");
        }
        return files;
    }

    /** Gives the right gateway an address in each network, which strongSwan wants. */
    public void addAddresses(int count, Path directory) {
        StringBuilder addresses = new StringBuilder();
        for (int i = 0; i < count; i++) {
            addresses.append("addr add ").append(network(i)).append(" dev lo\n");
        }
        try {
            Path batch = Files.writeString(directory.resolve("addresses"), addresses);
            topology.right().gateway().run("ip", "-batch", batch.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For the left strongSwan, which begins. */
    public String swanInitiator(int count) {
        StringBuilder connections = new StringBuilder();
        for (int i = 0; i < count; i++) {
            connections.append(connection(
                    i, topology.left(), topology.right(), "here", "there", LEFT_NETWORK, network(i), "start"));
        }
        return "connections {\n" + connections + "}\n" + KEY;
    }

    /** For the right strongSwan. */
    public String swanResponder(int count) {
        StringBuilder connections = new StringBuilder();
        for (int i = 0; i < count; i++) {
            connections.append(connection(
                    i, topology.right(), topology.left(), "there", "here", network(i), LEFT_NETWORK, "none"));
        }
        return "connections {\n" + connections + "}\n" + KEY;
    }

    private static String connection(
            int number,
            Topology.Side from,
            Topology.Side to,
            String local,
            String remote,
            String ofLocal,
            String ofRemote,
            String startAction) {
        return """
                t%1$d {
                  version = 2
                  local_addrs = %2$s
                  remote_addrs = %3$s
                  keyingtries = 0
                  proposals = aes256gcm16-prfsha384-x25519
                  local { auth = psk
                    id = %4$s%1$d.example }
                  remote { auth = psk
                    id = %5$s%1$d.example }
                  children { net%1$d {
                    local_ts = %6$s
                    remote_ts = %7$s
                    esp_proposals = aes256gcm16
                    start_action = %8$s } }
                }
                """.formatted(
                        number, from.outerAddress(), to.outerAddress(), local, remote, ofLocal, ofRemote, startAction);
    }

    private static String network(int number) {
        return "10.100." + number / 250 + "." + (number % 250 + 1) + "/32";
    }
}
