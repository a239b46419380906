package dev.culvert.e2e.lab;

/**
 * One connection with one child and its pre-shared key, as {@code swanctl.conf} says it. The names are fixed: the
 * connection is {@code culvert}, the child {@code net}; the identities are those of {@link #identity}.
 */
public final class SwanConfig {
    public static final String CONNECTION = "culvert";
    public static final String CHILD = "net";
    public static final String CHILD_6 = "net6";
    public static final String PSK = "not a secret to anybody here";

    private String local;
    private String remote;
    private final String localIdentity;
    private final String remoteIdentity;
    private String localSelector;
    private String remoteSelector;
    private String localSelector6 = "";
    private String remoteSelector6 = "";
    private String psk = PSK;
    private String ike = "aes256gcm16-prfsha384-x25519";
    private String esp = "aes256gcm16";
    private String startAction = "none";
    private String protocol = "esp";
    private String extra = "";
    private String extraOfChild = "";
    private String localAuth = "auth = psk";
    private String remoteAuth = "auth = psk";
    private String furtherSecrets = "";
    private int version = 2;

    public SwanConfig(
            String local,
            String remote,
            String localIdentity,
            String remoteIdentity,
            String localSelector,
            String remoteSelector) {
        this.local = local;
        this.remote = remote;
        this.localIdentity = localIdentity;
        this.remoteIdentity = remoteIdentity;
        this.localSelector = localSelector;
        this.remoteSelector = remoteSelector;
    }

    /** What a gateway needs to join its network with the other's. */
    public static SwanConfig between(Topology topology, Topology.Side from, Topology.Side to) {
        return new SwanConfig(
                from.outerAddress(),
                topology.addressOf(to),
                identity(from),
                identity(to),
                from.network(),
                to.network());
    }

    /** The domain name by which a gateway is known to its peer. */
    public static String identity(Topology.Side side) {
        return side.name() + ".example";
    }

    public SwanConfig psk(String key) {
        psk = key;
        return this;
    }

    /** Version of IKE, 1 or 2. */
    public SwanConfig version(int ofIke) {
        version = ofIke;
        return this;
    }

    /** Proposals of the IKE SA and of the child, several separated by commas. */
    public SwanConfig proposals(String ofIke, String ofEsp) {
        ike = ofIke;
        esp = ofEsp;
        return this;
    }

    /** Proposals of the child for AH instead of ESP. */
    public SwanConfig ah(String proposals) {
        protocol = "ah";
        esp = proposals;
        return this;
    }

    public SwanConfig selectors(String ofLocal, String ofRemote) {
        localSelector = ofLocal;
        remoteSelector = ofRemote;
        return this;
    }

    /** A second child {@link #CHILD_6} with the first one's proposals. */
    public SwanConfig alsoJoining(String ofLocal, String ofRemote) {
        localSelector6 = ofLocal;
        remoteSelector6 = ofRemote;
        return this;
    }

    /** Transport mode for the traffic of two gateways with each other, at these addresses. */
    public SwanConfig transport(String ofLocal, String ofRemote) {
        local = ofLocal;
        remote = ofRemote;
        return selectors(ofLocal, ofRemote).withChild("mode = transport");
    }

    /** {@code none}, {@code start} or {@code trap}. */
    public SwanConfig startAction(String action) {
        startAction = action;
        return this;
    }

    /** IKEv1, in main mode, or in aggressive mode. */
    public SwanConfig ikeV1(boolean aggressive) {
        version = 1;
        return with("aggressive = " + (aggressive ? "yes" : "no"));
    }

    /** How each end proves itself, in the settings of strongSwan's local and remote section. */
    public SwanConfig auth(String ofLocal, String ofRemote) {
        localAuth = ofLocal;
        remoteAuth = ofRemote;
        return this;
    }

    /** Further settings of the connection, such as {@code dpd_delay = 1s}. */
    public SwanConfig with(String setting) {
        extra += "    " + setting + "\n";
        return this;
    }

    /** Further settings of the child, such as {@code rekey_packets = 1000}. */
    public SwanConfig withChild(String setting) {
        extraOfChild += "        " + setting + "\n";
        return this;
    }

    /** A post-quantum pre-shared key. */
    public SwanConfig ppk(String id, String key, boolean required) {
        furtherSecrets += "  ppk-culvert {\n    id = " + id + "\n    secret = \"" + key + "\"\n  }\n";
        return with("ppk_id = " + id).with("ppk_required = " + (required ? "yes" : "no"));
    }

    /** The first is {@link #CONNECTION}, and the others have their numbers, from 2 on, behind that. */
    static String text(SwanConfig config, SwanConfig... more) {
        StringBuilder text = new StringBuilder(config.text());
        for (int i = 0; i < more.length; i++) {
            text.append(more[i].text().replace(CONNECTION, CONNECTION + (i + 2)));
        }
        return text.toString();
    }

    private String child(String name, String ofLocal, String ofRemote) {
        return """
                      %s {
                        local_ts = %s
                        remote_ts = %s
                        %s_proposals = %s
                        start_action = %s
                %s      }
                """.formatted(name, ofLocal, ofRemote, protocol, esp, startAction, extraOfChild);
    }

    String text() {
        return """
                connections {
                  culvert {
                    version = %d
                    local_addrs = %s
                    remote_addrs = %s
                    proposals = %s
                    unique = replace
                %s
                    local { %s
                      id = %s }
                    remote { %s
                      id = %s }
                    children {
                %s    }
                  }
                }
                secrets {
                  ike-culvert {
                    id-1 = %s
                    id-2 = %s
                    secret = "%s"
                  }
                %s}
                """.formatted(
                        version,
                        local,
                        remote,
                        ike,
                        extra,
                        localAuth,
                        localIdentity,
                        remoteAuth,
                        remoteIdentity,
                        child(CHILD, localSelector, remoteSelector)
                                + (localSelector6.isEmpty() ? "" : child(CHILD_6, localSelector6, remoteSelector6)),
                        localIdentity,
                        remoteIdentity,
                        psk,
                        furtherSecrets);
    }
}
