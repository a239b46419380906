package dev.culvert.agent.worker;

import dev.culvert.agent.StartupException;
import dev.culvert.io.sys.Errno;
import dev.culvert.io.sys.SystemCallException;
import dev.culvert.io.udp.UdpPort;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The UDP sockets of IKE and of encapsulated ESP, bound to all addresses: port 500 and port 4500, for IPv4 and, where the
 * host has it, for IPv6.
 */
public final class IkeSockets implements AutoCloseable {
    /** RFC 7296 §2: the port of IKE. */
    public static final int IKE_PORT = 500;

    /** RFC 3948 §2: the port of IKE and ESP behind NATs. */
    public static final int NAT_PORT = 4500;

    private static final Logger log = LoggerFactory.getLogger(IkeSockets.class);

    /** RFC 3948 §2.2: four zeros before an IKE message on port 4500. */
    private static final int NON_ESP_MARKER_LENGTH = 4;

    private static final byte[] KEEP_ALIVE = {(byte) 0xff};

    private final UdpPort ike4;
    private final UdpPort nat4;
    private final Optional<UdpPort> ike6;
    private final Optional<UdpPort> nat6;

    private IkeSockets(UdpPort ike4, UdpPort nat4, Optional<UdpPort> ike6, Optional<UdpPort> nat6) {
        this.ike4 = ike4;
        this.nat4 = nat4;
        this.ike6 = ike6;
        this.nat6 = nat6;
    }

    /**
     * Binds.
     *
     * @throws StartupException if a port is in use or may not be bound, saying what to do about it
     */
    public static IkeSockets open() throws StartupException {
        List<UdpPort> opened = new ArrayList<>();
        try {
            UdpPort ike4 = bind(IpAddress.ANY_V4, IKE_PORT, opened);
            UdpPort nat4 = bind(IpAddress.ANY_V4, NAT_PORT, opened);
            Optional<UdpPort> ike6 = bindIpv6(IKE_PORT, opened);
            Optional<UdpPort> nat6 = ike6.isPresent() ? bindIpv6(NAT_PORT, opened) : Optional.empty();
            return new IkeSockets(ike4, nat4, ike6, nat6);
        } catch (StartupException e) {
            opened.forEach(UdpPort::close);
            throw e;
        }
    }

    /** Sockets on which only IKE messages come, without a marker. */
    public List<UdpPort> ikePorts() {
        List<UdpPort> ports = new ArrayList<>(List.of(ike4));
        ike6.ifPresent(ports::add);
        return ports;
    }

    /** Sockets on which ESP comes, IKE behind a marker, and keepalives. */
    public List<UdpPort> natPorts() {
        List<UdpPort> ports = new ArrayList<>(List.of(nat4));
        nat6.ifPresent(ports::add);
        return ports;
    }

    /** Sends an IKE message, behind the non-ESP marker if {@code local} names port 4500. Any thread. */
    public void send(UdpAddress local, UdpAddress remote, byte[] message) {
        send(local.port() == NAT_PORT, local, remote, marked(local, message));
    }

    private static byte[] marked(UdpAddress local, byte[] message) {
        if (local.port() != NAT_PORT) {
            return message;
        }
        byte[] datagram = new byte[NON_ESP_MARKER_LENGTH + message.length];
        System.arraycopy(message, 0, datagram, NON_ESP_MARKER_LENGTH, message.length);
        return datagram;
    }

    /** Sends IKE messages for one thread, which waits for no other. To be closed before the sockets. */
    public final class Sender implements AutoCloseable {
        private final Map<UdpPort, UdpPort.Sender> senders = new HashMap<>();

        private Sender() {
            all().forEach(port -> senders.put(port, port.newSender()));
        }

        /** As {@link IkeSockets#send}. */
        public void send(UdpAddress local, UdpAddress remote, byte[] message) {
            UdpPort port = port(local.port() == NAT_PORT, remote.address());
            UdpPort.Sender sender = port == null ? null : senders.get(port);
            if (sender != null) {
                sender.send(local, remote, marked(local, message));
            }
        }

        @Override
        public void close() {
            senders.values().forEach(UdpPort.Sender::close);
        }
    }

    public Sender newSender() {
        return new Sender();
    }

    /** Sends a NAT keepalive (RFC 3948 §2.3). Any thread. */
    public void sendKeepAlive(UdpAddress local, UdpAddress remote) {
        send(true, local, remote, KEEP_ALIVE);
    }

    /** Datagrams that could not be sent. */
    public long sendFailures() {
        return all().stream().mapToLong(UdpPort::sendFailures).sum();
    }

    @Override
    public void close() {
        all().forEach(UdpPort::close);
    }

    private void send(boolean nat, UdpAddress local, UdpAddress remote, byte[] datagram) {
        UdpPort port = port(nat, remote.address());
        if (port == null) {
            log.debug("no IPv6 socket to send to {}", remote);
            return;
        }
        try {
            if (!port.sendOne(local, remote, datagram, 0, datagram.length)) {
                log.debug("not sent to {}: {}", remote, new Errno(port.lastSendErrno()));
            }
        } catch (IOException e) {
            log.debug("not sent to {}: {}", remote, e.getMessage());
        }
    }

    private @Nullable UdpPort port(boolean nat, IpAddress remote) {
        if (remote.isV4()) {
            return nat ? nat4 : ike4;
        }
        return (nat ? nat6 : ike6).orElse(null);
    }

    private List<UdpPort> all() {
        List<UdpPort> all = ikePorts();
        all.addAll(natPorts());
        return all;
    }

    private static Optional<UdpPort> bindIpv6(int port, List<UdpPort> opened) throws StartupException {
        try {
            UdpPort bound = UdpPort.bind(new UdpAddress(IpAddress.ANY_V6, port));
            opened.add(bound);
            return Optional.of(bound);
        } catch (SystemCallException e) {
            int errno = e.errno().number();
            if (errno == Errno.EAFNOSUPPORT || errno == Errno.EADDRNOTAVAIL) {
                return Optional.empty();
            }
            throw refused(IpAddress.ANY_V6, port, e);
        } catch (IOException e) {
            throw new StartupException("cannot open UDP port " + port + " for IPv6: " + e.getMessage(), e);
        }
    }

    private static UdpPort bind(IpAddress address, int port, List<UdpPort> opened) throws StartupException {
        try {
            UdpPort bound = UdpPort.bind(new UdpAddress(address, port));
            opened.add(bound);
            return bound;
        } catch (SystemCallException e) {
            throw refused(address, port, e);
        } catch (IOException e) {
            throw new StartupException("cannot open UDP port " + port + ": " + e.getMessage(), e);
        }
    }

    private static StartupException refused(IpAddress address, int port, SystemCallException e) {
        String what = "cannot bind UDP " + new UdpAddress(address, port);
        return new StartupException(
                switch (e.errno().number()) {
                    case Errno.EADDRINUSE ->
                        what + ": the port is in use. Another IKE daemon (strongSwan, libreswan) or another agent runs"
                                + " in this network namespace; stop it first";
                    case Errno.EACCES, Errno.EPERM ->
                        what + ": not permitted. Run as root, or with the capability NET_BIND_SERVICE";
                    default -> what + ": " + e.errno();
                },
                e);
    }
}
