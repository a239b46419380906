package dev.culvert.io.poll;

/** Something with a file descriptor that a {@link Poller} waits for. */
public interface Pollable {
    /** The open file descriptor. */
    int fd();
}
