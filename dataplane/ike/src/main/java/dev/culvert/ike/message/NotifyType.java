package dev.culvert.ike.message;

import java.util.Optional;

/**
 * IANA "IKEv2 Notify Message Error Types" and "Status Types". Errors are below 16384 (RFC 7296 §3.10.1): one of them in a
 * response says that the request failed, whether it is known or not.
 */
public enum NotifyType {
    // Errors
    UNSUPPORTED_CRITICAL_PAYLOAD(1, "a payload marked critical is not understood; its type follows"),
    INVALID_IKE_SPI(4, "the IKE SPI is not recognised, as after a restart"),
    INVALID_MAJOR_VERSION(5, "the IKE version is not supported; the header says which is"),
    INVALID_SYNTAX(7, "a type, length or value is out of range or against policy"),
    INVALID_MESSAGE_ID(9, "a message ID outside of the window; the ID follows"),
    INVALID_SPI(11, "an ESP or AH packet with an unknown SPI, which follows"),
    NO_PROPOSAL_CHOSEN(14, "none of the proposed algorithms is acceptable"),
    INVALID_KE_PAYLOAD(17, "another key exchange method is wanted; its number follows"),
    AUTHENTICATION_FAILED(24, "the authentication of the peer failed"),
    SINGLE_PAIR_REQUIRED(34, "only single addresses are accepted as traffic selectors"),
    NO_ADDITIONAL_SAS(35, "no further child SA is accepted on this IKE SA"),
    INTERNAL_ADDRESS_FAILURE(36, "no internal address can be assigned"),
    FAILED_CP_REQUIRED(37, "a configuration payload was expected"),
    TS_UNACCEPTABLE(38, "none of the traffic selectors is acceptable"),
    INVALID_SELECTORS(39, "a packet outside of its SA's traffic selectors arrived"),
    /** RFC 4555. */
    UNACCEPTABLE_ADDRESSES(40, "the new addresses are not allowed"),
    /** RFC 4555. */
    UNEXPECTED_NAT_DETECTED(41, "an address translation was found where none is allowed"),
    /** RFC 5026. */
    USE_ASSIGNED_HOA(42, "the assigned home address has to be used"),
    TEMPORARY_FAILURE(43, "the request cannot be met now, as during a rekeying"),
    CHILD_SA_NOT_FOUND(44, "the child SA to rekey does not exist; its SPI follows"),
    /** RFC 9838. */
    INVALID_GROUP_ID(45, "the group is not known"),
    /** RFC 9838. */
    AUTHORIZATION_FAILED(46, "the peer may not join the group"),
    /** RFC 9370. */
    STATE_NOT_FOUND(47, "the state of an additional key exchange does not exist"),
    /** RFC 9611. */
    TS_MAX_QUEUE(48, "no more child SAs with the same selectors are accepted"),
    /** RFC 9838. */
    REGISTRATION_FAILED(49, "the registration with the group failed"),

    // Status
    INITIAL_CONTACT(16384, "the only IKE SA between these identities"),
    SET_WINDOW_SIZE(16385, "how many requests may be outstanding"),
    ADDITIONAL_TS_POSSIBLE(16386, "the narrowed selectors leave more to be negotiated in another child SA"),
    IPCOMP_SUPPORTED(16387, "IP compression is offered"),
    NAT_DETECTION_SOURCE_IP(16388, "hash of the sender's address as it sees it"),
    NAT_DETECTION_DESTINATION_IP(16389, "hash of the receiver's address as the sender sees it"),
    COOKIE(16390, "to be returned, as proof of the return path"),
    USE_TRANSPORT_MODE(16391, "transport mode for the child SA"),
    HTTP_CERT_LOOKUP_SUPPORTED(16392, "certificates by hash and URL are understood"),
    REKEY_SA(16393, "the child SA that the new one replaces"),
    ESP_TFC_PADDING_NOT_SUPPORTED(16394, "no padding against traffic analysis, please"),
    NON_FIRST_FRAGMENTS_ALSO(16395, "fragments go through the same SA"),
    /** RFC 4555. */
    MOBIKE_SUPPORTED(16396, "addresses can be changed"),
    /** RFC 4555. */
    ADDITIONAL_IP4_ADDRESS(16397, "a further IPv4 address of the sender"),
    /** RFC 4555. */
    ADDITIONAL_IP6_ADDRESS(16398, "a further IPv6 address of the sender"),
    /** RFC 4555. */
    NO_ADDITIONAL_ADDRESSES(16399, "the sender has no further address"),
    /** RFC 4555. */
    UPDATE_SA_ADDRESSES(16400, "the SAs move to this message's addresses"),
    /** RFC 4555. */
    COOKIE2(16401, "to be returned, as proof of the return path"),
    /** RFC 4555. */
    NO_NATS_ALLOWED(16402, "the addresses must not be translated; they follow"),
    /** RFC 4478. */
    AUTH_LIFETIME(16403, "authenticate again within so many seconds"),
    /** RFC 4739. */
    MULTIPLE_AUTH_SUPPORTED(16404, "several authentications in a row are understood"),
    /** RFC 4739. */
    ANOTHER_AUTH_FOLLOWS(16405, "another authentication follows"),
    /** RFC 5685. */
    REDIRECT_SUPPORTED(16406, "redirection is understood"),
    /** RFC 5685. */
    REDIRECT(16407, "connect to another gateway, which follows"),
    /** RFC 5685. */
    REDIRECTED_FROM(16408, "the gateway that sent the initiator here"),
    /** RFC 5723. */
    TICKET_LT_OPAQUE(16409, "a ticket for resumption and its lifetime"),
    /** RFC 5723. */
    TICKET_REQUEST(16410, "a ticket for resumption is wanted"),
    /** RFC 5723. */
    TICKET_ACK(16411, "a ticket will be given"),
    /** RFC 5723. */
    TICKET_NACK(16412, "no ticket will be given, or the one presented is refused"),
    /** RFC 5723. */
    TICKET_OPAQUE(16413, "the ticket of the session to resume"),
    /** RFC 5739. */
    LINK_ID(16414, "the virtual link of an IPv6 address"),
    /** RFC 5840. */
    USE_WESP_MODE(16415, "wrapped ESP"),
    /** RFC 5857. */
    ROHC_SUPPORTED(16416, "header compression"),
    /** RFC 5998. */
    EAP_ONLY_AUTHENTICATION(16417, "mutual authentication by EAP alone"),
    /** RFC 6023. */
    CHILDLESS_IKEV2_SUPPORTED(16418, "an IKE SA without child SA is understood"),
    /** RFC 6290. */
    QUICK_CRASH_DETECTION(16419, "a token that proves a restart"),
    /** RFC 6311. */
    IKEV2_MESSAGE_ID_SYNC_SUPPORTED(16420, "message IDs can be synchronised after a fail-over"),
    /** RFC 6311. */
    IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED(16421, "replay counters can be synchronised after a fail-over"),
    /** RFC 6311. */
    IKEV2_MESSAGE_ID_SYNC(16422, "the message IDs after a fail-over"),
    /** RFC 6311. */
    IPSEC_REPLAY_COUNTER_SYNC(16423, "the replay counters after a fail-over"),
    /** RFC 6467. */
    SECURE_PASSWORD_METHODS(16424, "methods of password authentication"),
    /** RFC 6631. */
    PSK_PERSIST(16425, "the derived key may be kept"),
    /** RFC 6631. */
    PSK_CONFIRM(16426, "the derived key is kept"),
    /** RFC 6867. */
    ERX_SUPPORTED(16427, "EAP re-authentication"),
    /** 3GPP TS 24.303. */
    IFOM_CAPABILITY(16428, "IP flow mobility"),
    /** RFC 9838. */
    GROUP_SENDER(16429, "the group member wants to send"),
    /** RFC 7383. */
    IKEV2_FRAGMENTATION_SUPPORTED(16430, "encrypted fragments are understood"),
    /** RFC 7427. */
    SIGNATURE_HASH_ALGORITHMS(16431, "hash algorithms understood in signatures"),
    /** RFC 7791. */
    CLONE_IKE_SA_SUPPORTED(16432, "cloning of an IKE SA is understood"),
    /** RFC 7791. */
    CLONE_IKE_SA(16433, "the IKE SA is cloned rather than rekeyed"),
    /** RFC 8019. */
    PUZZLE(16434, "a puzzle to be solved before going on"),
    /** RFC 8784. */
    USE_PPK(16435, "post-quantum pre-shared keys are understood"),
    /** RFC 8784. */
    PPK_IDENTITY(16436, "which post-quantum pre-shared key is used"),
    /** RFC 8784. */
    NO_PPK_AUTH(16437, "AUTH as it would be without a post-quantum pre-shared key"),
    /** RFC 9242. */
    INTERMEDIATE_EXCHANGE_SUPPORTED(16438, "IKE_INTERMEDIATE is understood"),
    /** RFC 8983. */
    IP4_ALLOWED(16439, "an IPv4 address could be assigned"),
    /** RFC 8983. */
    IP6_ALLOWED(16440, "an IPv6 address could be assigned"),
    /** RFC 9370. */
    ADDITIONAL_KEY_EXCHANGE(16441, "links the messages of additional key exchanges"),
    /** RFC 9347. */
    USE_AGGFRAG(16442, "aggregation and fragmentation within ESP"),
    /** RFC 9593. */
    SUPPORTED_AUTH_METHODS(16443, "authentication methods the sender accepts"),
    /** RFC 9611. */
    SA_RESOURCE_INFO(16444, "the processor a child SA is meant for"),
    /** RFC 9867. */
    USE_PPK_INT(16445, "post-quantum pre-shared keys in IKE_INTERMEDIATE are understood"),
    /** RFC 9867. */
    PPK_IDENTITY_KEY(16446, "identity and confirmation of a post-quantum pre-shared key");

    /** The first status type; all below are errors. */
    public static final int FIRST_STATUS = 16384;

    private final int id;
    private final String meaning;

    NotifyType(int id, String meaning) {
        this.id = id;
        this.meaning = meaning;
    }

    public int id() {
        return id;
    }

    /** What it says, for people; no capital, no full stop. */
    public String meaning() {
        return meaning;
    }

    public boolean isError() {
        return id < FIRST_STATUS;
    }

    public static Optional<NotifyType> byId(int id) {
        for (NotifyType type : values()) {
            if (type.id == id) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** A name for people: {@code TS_UNACCEPTABLE}, {@code notify error 8192}. */
    public static String nameOf(int id) {
        return byId(id).map(Enum::name).orElseGet(() -> (id < FIRST_STATUS ? "notify error " : "notify status ") + id);
    }
}
