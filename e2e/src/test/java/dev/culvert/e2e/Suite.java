package dev.culvert.e2e;

import java.util.ArrayList;
import java.util.List;

/**
 * One IKE proposal with one ESP proposal, in strongSwan's keywords. Together {@link #usual}, {@link #unusual} and {@link
 * #kernelOnly} name every algorithm that the agent has.
 */
record Suite(String ike, String esp) {
    private static final List<String> KEY_EXCHANGES =
            List.of("x25519", "ecp256", "ecp384", "ecp521", "modp2048", "modp3072", "modp4096", "modp6144", "modp8192");
    private static final List<String> PRFS = List.of("prfsha1", "prfsha256", "prfsha384", "prfsha512");

    /** Sixteen ciphers, each once for IKE and once for ESP, with nine key exchanges and four PRFs in turn. */
    static List<Suite> usual() {
        List<String> ciphers = ciphers();
        List<Suite> suites = new ArrayList<>();
        for (int i = 0; i < ciphers.size(); i++) {
            String prf = PRFS.get(i % PRFS.size());
            String keyExchange = KEY_EXCHANGES.get(i % KEY_EXCHANGES.size());
            // 7 and 16 have no common divisor, so that IKE goes through all ciphers as well, in another order
            String ofIke = ciphers.get((i * 7 + 3) % ciphers.size());
            suites.add(new Suite(ofIke + "-" + prf + "-" + keyExchange, ciphers.get(i)));
        }
        return suites;
    }

    /** The rest of what strongSwan 5.9.8 and its userspace ESP have, each algorithm at least once. */
    static List<Suite> unusual() {
        return List.of(
                new Suite("aes128ctr-aesxcbc-prfaesxcbc-x448", "aes128ctr-aesxcbc"),
                new Suite("aes192ctr-aescmac-prfaescmac-ecp256bp", "aes192ctr-aescmac"),
                new Suite("aes256ctr-sha256-prfsha256-ecp384bp", "aes256ctr-sha256"),
                new Suite("aes128ccm8-prfaesxcbc-ecp512bp", "aes128ccm8"),
                new Suite("aes192ccm12-prfaescmac-modp1024", "aes192ccm12"),
                new Suite("aes256ccm16-prfsha256-modp1536", "aes256ccm16"),
                new Suite("aes128gcm8-prfsha256-x25519", "aes128gcm8"),
                new Suite("aes256gcm12-prfsha384-x448", "aes256gcm12"),
                new Suite("3des-sha1-prfsha1-modp1024", "3des-sha1"),
                new Suite("aes128-aesxcbc-prfaesxcbc-x25519", "aes256-aescmac"),
                new Suite("aes256-aescmac-prfaescmac-x25519", "aes128-aesxcbc"),
                new Suite("aes128-sha256-prfsha256-x25519", "null-sha256"));
    }

    /** What strongSwan's userspace ESP lacks and a Linux kernel has. */
    static List<Suite> kernelOnly() {
        return List.of(
                new Suite("aes128-sha256-prfsha256-x25519", "aes128gmac"),
                new Suite("aes192-sha384-prfsha384-x25519", "aes192gmac"),
                new Suite("aes256-sha512-prfsha512-x25519", "aes256gmac"),
                new Suite("aes128-sha256-prfsha256-x25519", "aes128-sha256_96"));
    }

    private static List<String> ciphers() {
        List<String> ciphers = new ArrayList<>(List.of("chacha20poly1305"));
        for (int bits : new int[] {128, 192, 256}) {
            ciphers.add("aes" + bits + "gcm16");
            for (String integrity : List.of("sha1", "sha256", "sha384", "sha512")) {
                ciphers.add("aes" + bits + "-" + integrity);
            }
        }
        return ciphers;
    }

    @Override
    public String toString() {
        return ike + " / " + esp;
    }
}
