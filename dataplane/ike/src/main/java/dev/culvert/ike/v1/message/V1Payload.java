package dev.culvert.ike.v1.message;

import dev.culvert.wire.WireWriter;

/**
 * One payload of an IKEv1 message (RFC 2408 §3.2). Sealed: a switch over it needs no default, and a new payload stops
 * compilation until it is handled. Values are immutable.
 */
public sealed interface V1Payload
        permits SaPayload,
                KePayload,
                IdPayload,
                CertPayload,
                CertReqPayload,
                HashPayload,
                SigPayload,
                NoncePayload,
                NotifyPayload,
                DeletePayload,
                VendorIdPayload,
                NatDPayload,
                NatOaPayload,
                FragmentPayload,
                UnknownPayload {

    /** Octets of the generic payload header. */
    int HEADER_LENGTH = 4;

    /** The number in the next-payload field before this payload. */
    int typeId();

    /** Octets behind the generic header. */
    int bodyLength();

    /** Writes the octets behind the generic header: {@link #bodyLength} of them. */
    void writeBodyTo(WireWriter out);

    /** Octets with the generic header. */
    default int encodedLength() {
        return HEADER_LENGTH + bodyLength();
    }
}
