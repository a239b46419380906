package dev.culvert.io.socket;

import dev.culvert.io.sys.SocketCalls;

/**
 * The mark (SO_MARK of socket(7)) of what the agent's own sockets send: IKE, and what is protected already. By it the
 * kernel tells them from the host's other packets to the same address, which are to be protected first.
 */
public final class OwnMark {
    /**
     * One bit, at a place that neither kube-proxy (0x4000, 0x8000) nor the usual network plugins use (Calico 0xffff0000,
     * Cilium 0xf00 and, in its upper half, identities; the AWS plugin 0x80).
     */
    public static final int BIT = 0x1000;

    /** As {@code ip rule} has it: the mark and the bits of it that count. */
    public static final String FWMARK = "0x1000/0x1000";

    private OwnMark() {}

    /**
     * Marks a socket. Without CAP_NET_ADMIN, by which the agent makes its TUN device, it stays without: nothing is then
     * led past it.
     */
    public static void set(SocketCalls calls, int fd) {
        calls.setsockopt(fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_MARK, BIT);
    }
}
