package dev.culvert.ike.sa;

/** How far an IKE SA has come. */
public enum IkeSaState {
    /** Our IKE_SA_INIT request is out; nothing that comes in is authenticated. */
    INITIATING,
    /** There are keys; our IKE_INTERMEDIATE or IKE_AUTH request is out. */
    AUTHENTICATING,
    /** We answered IKE_SA_INIT and wait for IKE_INTERMEDIATE and IKE_AUTH. */
    HALF_OPEN,
    ESTABLISHED,
    /** Another IKE SA took over the children; this one waits for its Delete. */
    REKEYED,
    /** Our Delete is queued or out. */
    DELETING,
    /** Gone, but for repeating its last response. */
    CLOSED;

    /** Whether children live here and exchanges may start. */
    public boolean isUsable() {
        return this == ESTABLISHED;
    }

    /** Whether the peer was authenticated and its requests are answered. */
    boolean isEstablished() {
        return this == ESTABLISHED || this == REKEYED || this == DELETING;
    }

    /** Whether it is still on its way up. */
    public boolean isConnecting() {
        return this == INITIATING || this == AUTHENTICATING || this == HALF_OPEN;
    }
}
