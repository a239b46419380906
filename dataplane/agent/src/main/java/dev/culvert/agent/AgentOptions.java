package dev.culvert.agent;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the command line says beside the source of the tunnels.
 *
 * @param socket path of the control socket
 * @param http address of the health and metrics server
 * @param stateDirectory where the agent keeps what it has to know after a crash
 * @param logCleartext whether packets are logged that came in the clear and were refused
 * @param keyLog directory that takes every SA's keys for Wireshark; usually none
 */
public record AgentOptions(
        Path socket, InetSocketAddress http, Path stateDirectory, boolean logCleartext, Optional<Path> keyLog) {}
