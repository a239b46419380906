package dev.culvert.e2e.lab;

/** One connection {@code culvert} and its pre-shared key, as {@code ipsec.conf} and {@code ipsec.secrets} say it. */
public final class LibreswanConfig {
    public static final String CONNECTION = "culvert";

    private final String local;
    private final String remote;
    private final String localIdentity;
    private final String remoteIdentity;
    private String localSelector;
    private String remoteSelector;
    private String authentication = "\tauthby=secret\n";
    private String extra = "";
    private String version = "ikev2";
    private String ike = "aes_gcm256-sha2_384;dh31";
    private String child = "esp=aes_gcm256";

    private LibreswanConfig(
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
    public static LibreswanConfig between(Topology topology, Topology.Side from, Topology.Side to) {
        return new LibreswanConfig(
                from.outerAddress(),
                topology.addressOf(to),
                SwanConfig.identity(from),
                SwanConfig.identity(to),
                from.network(),
                to.network());
    }

    public LibreswanConfig selectors(String ofLocal, String ofRemote) {
        localSelector = ofLocal;
        remoteSelector = ofRemote;
        return this;
    }

    /**
     * Both ends by certificate, the own one with what is between it and its root.
     *
     * @param nickname of the own certificate, as {@link Libreswan#start} gave it
     * @param methods as {@code rsa-sha2}: RSASSA-PSS, or {@code ecdsa-sha2}
     */
    public LibreswanConfig certificate(String nickname, String methods) {
        authentication = """
                \tauthby=%s
                \tleftcert=%s
                \tleftsendcert=always
                \tsendca=all
                \tleftca=%%any
                \trightca=%%any
                """.formatted(methods, nickname);
        return this;
    }

    /**
     * IKEv1.
     *
     * @param ofIke as {@code aes256-sha2_256;modp2048}
     * @param ofChild as {@code esp=aes_gcm256}, or more lines
     */
    public LibreswanConfig ikeV1(String ofIke, String ofChild) {
        version = "ikev1";
        ike = ofIke;
        child = ofChild;
        return this;
    }

    /** Further settings of the connection, such as {@code narrowing=yes}. */
    public LibreswanConfig with(String setting) {
        extra += "\t" + setting + "\n";
        return this;
    }

    String text() {
        return """
                config setup
                \tlogfile=/guest/pluto.log
                conn culvert
                \tkeyexchange=%s
                \tleft=%s
                \tleftid=@%s
                \tleftsubnet=%s
                \tright=%s
                \trightid=@%s
                \trightsubnet=%s
                \tike=%s
                \t%s
                \tauto=ignore
                %s%s""".formatted(
                        version,
                        local,
                        localIdentity,
                        localSelector,
                        remote,
                        remoteIdentity,
                        remoteSelector,
                        ike,
                        child,
                        authentication,
                        extra);
    }

    String secrets() {
        return "@%s @%s : PSK \"%s\"\n".formatted(localIdentity, remoteIdentity, SwanConfig.PSK);
    }
}
