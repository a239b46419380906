package dev.culvert.agent.worker;

import dev.culvert.agent.StartupException;
import dev.culvert.io.raw.RawPort;
import dev.culvert.io.sys.Errno;
import dev.culvert.io.sys.SystemCallException;
import dev.culvert.wire.IpProtocol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The raw sockets of AH, and of ESP without UDP: for IPv4 and, where the host has it, for IPv6. */
public final class RawSockets implements AutoCloseable {
    private final List<RawPort> ports;

    private RawSockets(List<RawPort> ports) {
        this.ports = List.copyOf(ports);
    }

    /**
     * Opens them.
     *
     * @throws StartupException if that is not permitted, saying what to do about it
     */
    public static RawSockets open() throws StartupException {
        List<RawPort> opened = new ArrayList<>();
        try {
            for (int ipVersion : new int[] {4, 6}) {
                open(ipVersion, IpProtocol.ESP, opened);
                open(ipVersion, IpProtocol.AH, opened);
            }
            return new RawSockets(opened);
        } catch (StartupException e) {
            opened.forEach(RawPort::close);
            throw e;
        }
    }

    /** All that packets come from. */
    List<RawPort> ports() {
        return ports;
    }

    /** The first for IPv4, which sends every protocol. */
    RawPort v4() {
        return ports.getFirst();
    }

    /** One for IPv6; the one for IPv4 where the host has no IPv6, and then nothing is sent by it. */
    RawPort v6() {
        return ports.getLast();
    }

    /** Packets that could not be sent. */
    public long sendFailures() {
        return ports.stream().mapToLong(RawPort::sendFailures).sum();
    }

    @Override
    public void close() {
        ports.forEach(RawPort::close);
    }

    private static void open(int ipVersion, int protocol, List<RawPort> opened) throws StartupException {
        try {
            opened.add(RawPort.open(ipVersion, protocol));
        } catch (SystemCallException e) {
            switch (e.errno().number()) {
                case Errno.EPERM, Errno.EACCES ->
                    throw new StartupException(
                            "cannot open a raw socket for ESP and AH: not permitted. Run as root, or with the capability"
                                    + " NET_RAW",
                            e);
                case Errno.EAFNOSUPPORT -> {
                    if (ipVersion == 4) {
                        throw new StartupException("cannot open a raw socket for ESP and AH: " + e.errno(), e);
                    }
                }
                default -> throw new StartupException("cannot open a raw socket for ESP and AH: " + e.errno(), e);
            }
        } catch (IOException e) {
            throw new StartupException("cannot open a raw socket for ESP and AH: " + e.getMessage(), e);
        }
    }
}
