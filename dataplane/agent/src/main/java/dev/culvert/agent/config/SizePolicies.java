package dev.culvert.agent.config;

import dev.culvert.api.v1alpha1.IPSecEndpointSpec;
import dev.culvert.api.v1alpha1.TcpMssClamp;
import dev.culvert.ipsec.mtu.DontFragment;
import dev.culvert.ipsec.mtu.MssClamp;
import dev.culvert.ipsec.mtu.SizePolicy;

/** What an endpoint says about the sizes of packets, in the data path's terms. */
public final class SizePolicies {
    private SizePolicies() {}

    /** The same for all children of an endpoint. */
    public static SizePolicy of(IPSecEndpointSpec spec) {
        return new SizePolicy(
                spec.mtu() == null ? 0 : spec.mtu(),
                mssClamp(spec.tcpMSSClamp()),
                switch (spec.dontFragment()) {
                    case CLEAR -> DontFragment.CLEAR;
                    case COPY -> DontFragment.COPY;
                    case SET -> DontFragment.SET;
                });
    }

    private static MssClamp mssClamp(TcpMssClamp clamp) {
        return switch (clamp.mode()) {
            case AUTO -> new MssClamp.Auto();
            case OFF -> new MssClamp.Off();
            // a value belongs to it: CEL, and TunnelValidation for files
            case FIXED -> clamp.value() == null ? new MssClamp.Auto() : new MssClamp.Fixed(clamp.value());
        };
    }
}
