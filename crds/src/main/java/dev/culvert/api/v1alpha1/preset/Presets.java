package dev.culvert.api.v1alpha1.preset;

import dev.culvert.api.v1alpha1.DpdAction;
import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import dev.culvert.api.v1alpha1.IkeVersion;
import dev.culvert.api.v1alpha1.Preset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What each vendor documents, with the page that says it. Where a vendor's page leaves something open, so does the preset.
 * Of the algorithms that a gateway takes as it comes the strongest are offered, weak ones only where it takes nothing else.
 */
public final class Presets {
    private static final String AWS_OPTIONS = "https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html";
    private static final String AZURE_DEVICES =
            "https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-devices";
    private static final String GCP_CIPHERS =
            "https://docs.cloud.google.com/network-connectivity/docs/vpn/concepts/supported-ike-ciphers";
    private static final String CISCO_IOS_COMMANDS =
            "https://www.cisco.com/c/en/us/td/docs/ios-xml/ios/security/s1/sec-s1-cr-book/sec-cr-s3.html";
    private static final String CISCO_ASA_IKE =
            "https://www.cisco.com/c/en/us/td/docs/security/asa/asa917/configuration/vpn/asa-917-vpn-config/vpn-ike.html";
    /** Not the vendor's, whose guide is silent about it. */
    private static final String STRONGSWAN_ON_CISCO = "https://github.com/strongswan/strongswan/issues/1150";

    private static final String FORTINET_PHASE_1 =
            "https://docs.fortinet.com/document/fortigate/7.4.4/cli-reference/574570212/config-vpn-ipsec-phase1";
    private static final String FORTINET_TUNNEL_LIST =
            "https://community.fortinet.com/t5/FortiGate/Technical-Tip-Explaining-when-the-IPsec-tunnel-will-be-brought/ta-p/267783";
    private static final String JUNIPER_INTERVAL =
            "https://juniper.net/documentation/software/junos-es/junos-es93/junos-es-swcmdref/interval.html";
    private static final String JUNIPER_THRESHOLD =
            "https://juniper.net/documentation/software/junos-es/junos-es93/junos-es-swcmdref/threshold.html";
    private static final String PALO_ALTO_LIFETIME =
            "https://docs.paloaltonetworks.com/content/techdocs/en_US/pan-os/11-0/pan-os-admin/vpns/set-up-site-to-site-vpn/set-up-an-ike-gateway/change-the-key-lifetime-or-authentication-interval-for-ikev2.html";
    private static final String PALO_ALTO_IPSEC_CRYPTO =
            "https://docs.paloaltonetworks.com/pan-os/11-1/pan-os-web-interface-help/network/network-network-profiles/network-network-profiles-ipsec-crypto";
    private static final String MIKROTIK_IPSEC = "https://help.mikrotik.com/docs/display/ROS/IPsec";
    private static final String CLOUDFLARE_TUNNELS =
            "https://developers.cloudflare.com/cloudflare-wan/reference/gre-ipsec-tunnels/";

    private static final Map<Preset, List<PresetSettings>> ALL = all();

    private Presets() {}

    /** What a preset is for each version of IKE that its vendor documents; the first is what a tunnel gets by itself. */
    public static List<PresetSettings> of(Preset preset) {
        return ALL.getOrDefault(preset, List.of());
    }

    /** What a preset is for a version of IKE. */
    public static Optional<PresetSettings> of(Preset preset, IkeVersion version) {
        return of(preset).stream()
                .filter(settings -> settings.version() == version)
                .findFirst();
    }

    /**
     * What the tunnel's preset is for the tunnel's version of IKE; empty without a preset, and where the tunnel names a
     * version that the vendor does not document.
     */
    public static Optional<PresetSettings> of(IPSecTunnelSpec spec) {
        Preset preset = spec.preset();
        if (preset == null) {
            return Optional.empty();
        }
        return spec.ike().saysVersion()
                ? of(preset, spec.ike().version())
                : Optional.of(of(preset).getFirst());
    }

    /** The tunnel with what it leaves open filled in by its preset. */
    public static IPSecTunnelSpec fill(IPSecTunnelSpec spec) {
        return of(spec).map(settings -> spec.orElse(settings.ike(), settings.child(), settings.tcpMSSClamp()))
                .orElse(spec);
    }

    private static Map<Preset, List<PresetSettings>> all() {
        Map<Preset, List<PresetSettings>> all = new EnumMap<>(Preset.class);
        for (Preset preset : Preset.values()) {
            all.put(
                    preset,
                    switch (preset) {
                        case AWS -> aws();
                        case AZURE -> azure();
                        case AZURE_POLICY_BASED -> azurePolicyBased();
                        case GCP -> gcp();
                        case GCP_IKE_V1 -> gcpIkeV1();
                        case CISCO_IOS -> ciscoIos();
                        case CISCO_ASA -> ciscoAsa();
                        case FORTI_GATE -> fortiGate();
                        case JUNIPER_SRX -> juniperSrx();
                        case PALO_ALTO -> paloAlto();
                        case MIKRO_TIK -> mikroTik();
                        case CLOUDFLARE -> cloudflare();
                    });
        }
        return all;
    }

    /** The tunnel's ends take the weakest of what they are offered, so only the strongest is. */
    private static List<PresetSettings> aws() {
        return forBoth((version, settings) -> {
            settings.page(AWS_OPTIONS).version("ikev1, ikev2");
            if (version == IkeVersion.IKE_V2) {
                settings.ikeProposals(
                        "AES256-GCM-16, SHA2-384, DH group 20 among others", "aes256gcm16-prfsha384-ecp384");
            } else {
                settings.ikeProposals("AES256, SHA2-384, DH group 20 among others", "aes256-sha384-ecp384");
            }
            return settings.ikeLifetime(28_800)
                    .liveness("a peer counts as dead 30 s after the first failed keep-alive", "10s", "30s")
                    .whenDead("the customer gateway has to start the tunnel (startup action Add)", DpdAction.RESTART)
                    .childProposals("AES256-GCM-16, DH group 20 among others", "aes256gcm16-ecp384")
                    .childLifetime(3_600);
        });
    }

    private static List<PresetSettings> azure() {
        return forBoth((version, settings) -> settings.page(AZURE_DEVICES)
                .version("IKEv1 and IKEv2")
                .ikeProposals("AES256 with SHA256, DH group 2 alone", "aes256-sha256-modp1024")
                .ikeLifetime(28_800)
                .childProposals("GCM AES256, AES256 with SHA256; no PFS", "aes256gcm16", "aes256-sha256")
                .childLifetime(27_000)
                .childVolume(102_400_000)
                .segmentSize("clamp TCP MSS at 1350", 1350));
    }

    private static List<PresetSettings> azurePolicyBased() {
        return List.of(PresetSettings.of(IkeVersion.IKE_V1)
                .page(AZURE_DEVICES)
                .version("IKEv1")
                .ikeProposals("AES256 with SHA256, DH group 2 alone", "aes256-sha256-modp1024")
                .ikeLifetime(28_800)
                .noLiveness("dead peer detection not supported")
                .childProposals("AES256 with SHA256; no PFS", "aes256-sha256")
                .childLifetime(3_600)
                .childVolume(102_400_000)
                .segmentSize("clamp TCP MSS at 1350", 1350)
                .build());
    }

    /** Google recommends one algorithm for each role, so that both ends always come to the same. */
    private static List<PresetSettings> gcp() {
        return List.of(PresetSettings.of(IkeVersion.IKE_V2)
                .page(GCP_CIPHERS)
                .version("IKEv2 for ciphers that use AEAD")
                .ikeProposals(
                        "AES-GCM-16-256, PRF-HMAC-SHA2-384, ecp_384 among others; propose one of each",
                        "aes256gcm16-prfsha384-ecp384")
                .ikeLifetime(36_000)
                .childProposals("AES-GCM-16-256; PFS required, ecp_384 among others", "aes256gcm16-ecp384")
                .childLifetime(10_800)
                .build());
    }

    private static List<PresetSettings> gcpIkeV1() {
        return List.of(PresetSettings.of(IkeVersion.IKE_V1)
                .page(GCP_CIPHERS)
                .version("IKEv1 ciphers")
                .ikeProposals("AES-CBC-128, HMAC-SHA1-96, modp_1024 alone", "aes128-sha1-modp1024")
                .ikeLifetime(36_600)
                .childProposals("AES-CBC-128, HMAC-SHA1-96; PFS required, modp_1024 alone", "aes128-sha1-modp1024")
                .childLifetime(10_800)
                .build());
    }

    private static List<PresetSettings> ciscoIos() {
        return forBoth((version, settings) ->
                settings.page(CISCO_IOS_COMMANDS).childLifetime(3_600).childVolume(4_608_000));
    }

    private static List<PresetSettings> ciscoAsa() {
        return forBoth((version, settings) -> settings.page(CISCO_ASA_IKE)
                .childLifetime(28_800)
                .childVolume(4_608_000)
                .page(STRONGSWAN_ON_CISCO)
                .onePairPerChild("does not support multiple subnets or proper narrowing"));
    }

    private static List<PresetSettings> fortiGate() {
        return forBoth((version, settings) -> settings.page(FORTINET_PHASE_1)
                .ikeLifetime(86_400)
                .page(FORTINET_TUNNEL_LIST)
                .liveness("idle=20000ms retry=3", "20s", "60s")
                .childLifetime(43_200));
    }

    private static List<PresetSettings> juniperSrx() {
        return forBoth((version, settings) -> settings.page(JUNIPER_INTERVAL + " " + JUNIPER_THRESHOLD)
                .liveness("interval 10 s, threshold 5", "10s", "50s"));
    }

    private static List<PresetSettings> paloAlto() {
        return forBoth((version, settings) -> settings.page(PALO_ALTO_LIFETIME)
                .ikeLifetime(28_800)
                .page(PALO_ALTO_IPSEC_CRYPTO)
                .childLifetime(3_600));
    }

    /**
     * First what a RouterOS can that was told to, then what it takes as it comes, SHA1 and group 2 of it weak. A quick mode
     * has one group for all its proposals (RFC 2409 §5.5): IKEv1 keeps to the second.
     */
    private static List<PresetSettings> mikroTik() {
        return forBoth((version, settings) -> {
            settings.page(MIKROTIK_IPSEC)
                    .ikeProposals(
                            "aes-256, sha512, ecp384 among others; as it comes aes-128, sha1, modp2048",
                            "aes256-sha512-ecp384",
                            "aes128-sha1-modp2048")
                    .ikeLifetime(86_400)
                    .liveness("dpd-interval 8s, dpd-maximum-failures 4", "8s", "32s");
            if (version == IkeVersion.IKE_V2) {
                settings.childProposals(
                        "aes-256-gcm, ecp384 among others; as it comes aes-256-cbc, sha1, modp1024",
                        "aes256gcm16-ecp384",
                        "aes256-sha1-modp1024");
            } else {
                settings.childProposals(
                        "aes-256-gcm among others; as it comes aes-256-cbc, sha1, modp1024",
                        "aes256gcm16-modp1024",
                        "aes256-sha1-modp1024");
            }
            return settings.childLifetime(1_800);
        });
    }

    /** Cloudflare answers only: the tunnel has to be begun, and begun anew, from here. */
    private static List<PresetSettings> cloudflare() {
        return List.of(PresetSettings.of(IkeVersion.IKE_V2)
                .page(CLOUDFLARE_TUNNELS)
                .version("IKEv2 required")
                .ikeProposals(
                        "AES-GCM-16 256, PRF SHA2-384, ML-KEM-768 in addition to DH group 20 recommended, or group 20",
                        "aes256gcm16-prfsha384-ecp384-ke1_mlkem768",
                        "aes256gcm16-prfsha384-ecp384")
                .whenDead(
                        "enable dead peer detection with restart; only operates as an IKE responder", DpdAction.RESTART)
                .childProposals("AES-GCM-16 256, DH group 20 alone recommended", "aes256gcm16-ecp384")
                .onePairPerChild("a single set of traffic selectors per Child SA")
                .build());
    }

    private interface Documented {
        PresetSettings.Builder say(IkeVersion version, PresetSettings.Builder settings);
    }

    /** Both versions, IKEv2 first. */
    private static List<PresetSettings> forBoth(Documented documented) {
        List<PresetSettings> both = new ArrayList<>();
        for (IkeVersion version : List.of(IkeVersion.IKE_V2, IkeVersion.IKE_V1)) {
            both.add(documented.say(version, PresetSettings.of(version)).build());
        }
        return both;
    }
}
