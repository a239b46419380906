package dev.culvert.ike.endpoint;

/** Why a tunnel or child is not up, in few classes that lead to different remedies. */
public enum FailureKind {
    /** Secret, identity or method are not the same on both sides. */
    AUTHENTICATION_FAILED,
    /** The two sides' proposals have nothing in common. */
    NO_PROPOSAL_CHOSEN,
    /** The two sides' traffic selectors have nothing in common. */
    TS_UNACCEPTABLE,
    /** No answer. */
    PEER_UNREACHABLE,
    /** The peer broke the protocol, or says that we did. */
    PROTOCOL_ERROR,
    /** The peer refused for a reason of its own, or for now. */
    REFUSED_BY_PEER,
    /** The peer closed the SA. */
    CLOSED_BY_PEER
}
