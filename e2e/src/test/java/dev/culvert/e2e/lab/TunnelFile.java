package dev.culvert.e2e.lab;

/** The YAML of one tunnel with a child {@code net}, and of its Secret {@code NAME-psk}. */
public final class TunnelFile {
    public static final String NAME = "branch";

    private String name = NAME;
    private String localIdentity;
    private String remoteIdentity;
    private String remoteAddress;
    private String localSelector;
    private String remoteSelector;
    private String psk = SwanConfig.PSK;
    private String ike = "aes256gcm16-prfsha384-x25519";
    private String esp = "aes256gcm16";
    private String preset = "";
    private String startAction = "Start";
    private String protocol = "ESP";
    private String version = "IKEv2";
    private String encapsulation = "Auto";
    private String translations = "";
    private String gateway = "";
    private String authentication = "{method: PreSharedKey, preSharedKey: {secretRef: {name: %s-psk, key: psk}}}";
    private String more = "";
    private String moreOfIke = "";
    private String moreOfChild = "";
    private String moreOfSpec = "";
    private String moreChildren = "";
    private String moreOfSecret = "";
    private String dpd = "{delay: 10s, timeout: 30s, action: Restart}";

    public TunnelFile(
            String remoteAddress,
            String localIdentity,
            String remoteIdentity,
            String localSelector,
            String remoteSelector) {
        this.remoteAddress = remoteAddress;
        this.localIdentity = localIdentity;
        this.remoteIdentity = remoteIdentity;
        this.localSelector = localSelector;
        this.remoteSelector = remoteSelector;
    }

    /** What a gateway needs to join its network with the other's. */
    public static TunnelFile between(Topology topology, Topology.Side from, Topology.Side to) {
        return new TunnelFile(
                topology.addressOf(to),
                SwanConfig.identity(from),
                SwanConfig.identity(to),
                from.network(),
                to.network());
    }

    /** Another name than {@link #NAME}. */
    public TunnelFile named(String other) {
        name = other;
        return this;
    }

    public TunnelFile identities(String ofLocal, String ofRemote) {
        localIdentity = ofLocal;
        remoteIdentity = ofRemote;
        return this;
    }

    public TunnelFile psk(String key) {
        psk = key;
        return this;
    }

    /** {@code IKEv1} or {@code IKEv2}. */
    public TunnelFile version(String ofIke) {
        version = ofIke;
        return this;
    }

    /** What this vendor's preset fills in, in the place of proposals and liveness checks. */
    public TunnelFile preset(String name) {
        preset = name;
        return this;
    }

    /** Proposals of the IKE SA and of the child, several separated by commas. */
    public TunnelFile proposals(String ofIke, String ofEsp) {
        ike = ofIke;
        esp = ofEsp;
        return this;
    }

    public TunnelFile selectors(String ofLocal, String ofRemote) {
        localSelector = ofLocal;
        remoteSelector = ofRemote;
        return this;
    }

    public TunnelFile remoteAddress(String address) {
        remoteAddress = address;
        return this;
    }

    /** {@code Start}, {@code Trap} or {@code None}. */
    public TunnelFile startAction(String action) {
        startAction = action;
        return this;
    }

    /** As {@code {delay: 1s, timeout: 3s, action: Restart}}. */
    public TunnelFile dpd(String block) {
        dpd = block;
        return this;
    }

    /** The child uses AH, with these proposals. */
    public TunnelFile ah(String proposals) {
        protocol = "AH";
        esp = proposals;
        return this;
    }

    /** Transport mode for the traffic of two gateways with each other, at these addresses. */
    public TunnelFile transport(String ofLocal, String ofRemote) {
        String length = ofLocal.contains(":") ? "/128" : "/32";
        return remoteAddress(ofRemote)
                .selectors(ofLocal + length, ofRemote + length)
                .child("mode: Transport");
    }

    /** {@code Auto}, {@code Always} or {@code Never}. */
    public TunnelFile encapsulation(String when) {
        encapsulation = when;
        return this;
    }

    /** Address translations, such as {@code {side: Local, type: OneToOne, from: 10.1.0.0/24, to: 10.101.0.0/24}}. */
    public TunnelFile translating(String... rules) {
        translations = String.join(", ", rules);
        return this;
    }

    /** A further line of the spec, such as {@code dontFragment: Copy}. */
    public TunnelFile spec(String line) {
        moreOfSpec += "  " + line + "\n";
        return this;
    }

    /** A second child {@code net6}, with the proposals that the first one has by now. */
    public TunnelFile alsoJoining(String ofLocal, String ofRemote) {
        moreChildren = "  - {name: net6, protocol: " + protocol + ", localTrafficSelectors: ['" + ofLocal
                + "'], remoteTrafficSelectors: ['" + ofRemote + "'], proposals: [" + esp + "], startAction: %s}\n";
        return this;
    }

    /** A further line of the block {@code ike}, such as {@code childless: Force}. */
    public TunnelFile ike(String line) {
        moreOfIke += "    " + line + "\n";
        return this;
    }

    /** A further line of the child, such as {@code rekeyPackets: 1000}. */
    public TunnelFile child(String line) {
        moreOfChild += "    " + line + "\n";
        return this;
    }

    /** IKEv1, in {@code Main} or {@code Aggressive} mode. */
    public TunnelFile ikeV1(String mode) {
        version = "IKEv1";
        return ike("mode: " + mode);
    }

    /** A post-quantum pre-shared key beside the pre-shared key. */
    public TunnelFile ppk(String id, String key, boolean required) {
        authentication = "{method: PreSharedKey, preSharedKey: {secretRef: {name: %s-psk, key: psk}}, "
                + "postQuantumPreSharedKey: {id: " + id + ", required: " + required
                + ", secretRef: {name: %s-psk, key: ppk}}}";
        moreOfSecret = ", ppk: \"" + key + "\"";
        return this;
    }

    /** The IPSecGateway on which it ends, which only a cluster has. */
    public TunnelFile gateway(String name) {
        gateway = "gatewayRef: {name: " + name + "}";
        return this;
    }

    /** The block {@code authentication} in one line, and the documents that it refers to. */
    public TunnelFile authentication(String block, String documents) {
        authentication = block;
        more = documents;
        return this;
    }

    /** Tunnel and Secret. */
    public String text() {
        return tunnel() + "---\n" + secret() + more;
    }

    public String tunnel() {
        return """
                apiVersion: culvert.dev/v1alpha1
                kind: IPSecTunnel
                metadata: {name: %s}
                spec:
                  %s
                  ike:
                    version: %s
                %s%s%s  local: {identity: {type: FQDN, value: %s}}
                  remote: {addresses: [%s], identity: {type: FQDN, value: %s}}
                  authentication: %s
                  nat: {encapsulation: %s, translations: [%s]}
                  children:
                  - name: net
                    protocol: %s
                    localTrafficSelectors: [%s]
                    remoteTrafficSelectors: [%s]
                    startAction: %s
                %s%s%s""".formatted(
                        name,
                        gateway,
                        version,
                        preset.isEmpty() ? "    proposals: [" + ike + "]\n    dpd: " + dpd + "\n" : "",
                        moreOfIke,
                        preset.isEmpty() ? moreOfSpec : "  preset: " + preset + "\n" + moreOfSpec,
                        localIdentity,
                        remoteAddress,
                        remoteIdentity,
                        authentication.replace("%s", name),
                        encapsulation,
                        translations,
                        protocol,
                        localSelector,
                        remoteSelector,
                        startAction,
                        preset.isEmpty() ? "    proposals: [" + esp + "]\n" : "",
                        moreOfChild,
                        moreChildren.formatted(startAction));
    }

    public String secret() {
        return """
                apiVersion: v1
                kind: Secret
                metadata: {name: %s-psk}
                stringData: {psk: "%s"%s}
                """.formatted(name, psk, moreOfSecret);
    }
}
