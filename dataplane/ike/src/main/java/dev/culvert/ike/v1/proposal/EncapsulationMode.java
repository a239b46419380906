package dev.culvert.ike.v1.proposal;

import dev.culvert.ike.endpoint.IpsecMode;
import java.util.Optional;

/** The attribute Encapsulation Mode of phase 2 (RFC 2407 §4.5, RFC 3947 §5.1). */
public enum EncapsulationMode {
    TUNNEL(1, IpsecMode.TUNNEL, false),
    TRANSPORT(2, IpsecMode.TRANSPORT, false),
    UDP_TUNNEL(3, IpsecMode.TUNNEL, true),
    UDP_TRANSPORT(4, IpsecMode.TRANSPORT, true),
    /** draft-ietf-ipsec-nat-t-ike-02 and -03. */
    UDP_TUNNEL_DRAFT(61443, IpsecMode.TUNNEL, true),
    /** draft-ietf-ipsec-nat-t-ike-02 and -03. */
    UDP_TRANSPORT_DRAFT(61444, IpsecMode.TRANSPORT, true);

    private final int id;
    private final IpsecMode mode;
    private final boolean udp;

    EncapsulationMode(int id, IpsecMode mode, boolean udp) {
        this.id = id;
        this.mode = mode;
        this.udp = udp;
    }

    public int id() {
        return id;
    }

    public IpsecMode mode() {
        return mode;
    }

    /** Whether ESP goes in UDP. */
    public boolean udp() {
        return udp;
    }

    /** @param draft whether in the numbers of the drafts before RFC 3947; without UDP it makes no difference */
    public static EncapsulationMode of(IpsecMode mode, boolean udp, boolean draft) {
        boolean tunnel = mode == IpsecMode.TUNNEL;
        if (!udp) {
            return tunnel ? TUNNEL : TRANSPORT;
        }
        if (draft) {
            return tunnel ? UDP_TUNNEL_DRAFT : UDP_TRANSPORT_DRAFT;
        }
        return tunnel ? UDP_TUNNEL : UDP_TRANSPORT;
    }

    public static Optional<EncapsulationMode> byId(int id) {
        for (EncapsulationMode mode : values()) {
            if (mode.id == id) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }
}
