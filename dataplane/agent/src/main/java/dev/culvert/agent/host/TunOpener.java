package dev.culvert.agent.host;

import dev.culvert.agent.StartupException;
import dev.culvert.io.sys.Errno;
import dev.culvert.io.sys.SystemCallException;
import dev.culvert.io.tun.TunDevice;
import java.io.IOException;

/** Opens the TUN device and says what to do where that is refused. */
public final class TunOpener {
    private TunOpener() {}

    public static TunDevice open(String name, int mtu) throws StartupException {
        try {
            return TunDevice.open(name, mtu);
        } catch (SystemCallException e) {
            String what = "cannot create the TUN device " + name + ": ";
            throw new StartupException(
                    switch (e.errno().number()) {
                        case Errno.EPERM, Errno.EACCES ->
                            what + "not permitted. Run as root, or with the capability NET_ADMIN";
                        case Errno.EBUSY ->
                            what + "it is in use. Another agent runs in this network namespace; stop it first";
                        case Errno.ENOENT, Errno.ENODEV ->
                            what + "there is no /dev/net/tun. Load the tun module, or give the container the device";
                        default -> what + e.errno();
                    },
                    e);
        } catch (IOException e) {
            throw new StartupException("cannot create the TUN device " + name + ": " + e.getMessage(), e);
        }
    }
}
