package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import dev.culvert.api.v1alpha1.MssClampMode;
import dev.culvert.api.v1alpha1.TcpMssClamp;
import java.util.List;

/** What a tunnel says about the sizes of packets; the same as CEL, for files. */
final class SizeChecks {
    private static final String VALUE = "spec.tcpMSSClamp.value";
    private static final String ALLOWED = TcpMssClamp.LEAST + " to " + TcpMssClamp.MOST;

    private SizeChecks() {}

    static List<Problem> of(IPSecTunnelSpec spec) {
        MssClampMode mode = spec.tcpMSSClamp().mode();
        Integer value = spec.tcpMSSClamp().value();
        if (mode == MssClampMode.FIXED && value == null) {
            return List.of(Problem.invalid(VALUE, "is missing with mode Fixed", ALLOWED));
        }
        if (mode != MssClampMode.FIXED && value != null) {
            return List.of(Problem.invalid(VALUE, "belongs to mode Fixed, and the mode is " + mode, null));
        }
        if (value != null && (value < TcpMssClamp.LEAST || value > TcpMssClamp.MOST)) {
            return List.of(Problem.invalid(VALUE, value + " is out of range", ALLOWED));
        }
        return List.of();
    }
}
