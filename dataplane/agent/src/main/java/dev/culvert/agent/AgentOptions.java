package dev.culvert.agent;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * What the command line says beside the source of the tunnels.
 *
 * @param socket path of the control socket
 * @param http address of the health and metrics server
 */
public record AgentOptions(Path socket, InetSocketAddress http) {}
