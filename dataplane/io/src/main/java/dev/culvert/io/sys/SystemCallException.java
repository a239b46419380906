package dev.culvert.io.sys;

import java.io.IOException;

/** A system call failed: the message names the call with its argument and the error. */
public final class SystemCallException extends IOException {
    private static final long serialVersionUID = 1;

    private final Errno errno;

    /**
     * @param call the call with its argument, such as {@code bind(0.0.0.0:500)}
     */
    public SystemCallException(String call, Errno errno) {
        super(call + ": " + errno);
        this.errno = errno;
    }

    public Errno errno() {
        return errno;
    }
}
