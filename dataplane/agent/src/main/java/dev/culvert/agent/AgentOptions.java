package dev.culvert.agent;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * What the command line says beside the source of the tunnels.
 *
 * @param socket path of the control socket
 * @param http address of the health and metrics server
 * @param stateDirectory where the agent keeps what it has to know after a crash
 */
public record AgentOptions(Path socket, InetSocketAddress http, Path stateDirectory) {}
