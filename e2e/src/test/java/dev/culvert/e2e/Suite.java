package dev.culvert.e2e;

import java.util.ArrayList;
import java.util.List;

/**
 * One IKE proposal with one ESP proposal, in strongSwan's keywords. Together {@link #all} name every algorithm of the
 * data plane that strongSwan 5.9.8 and its userspace ESP have too.
 */
record Suite(String ike, String esp) {
    private static final List<String> KEY_EXCHANGES =
            List.of("x25519", "ecp256", "ecp384", "ecp521", "modp2048", "modp3072", "modp4096", "modp6144", "modp8192");
    private static final List<String> PRFS = List.of("prfsha1", "prfsha256", "prfsha384", "prfsha512");

    /** Sixteen ciphers, each once for IKE and once for ESP, with nine key exchanges and four PRFs in turn. */
    static List<Suite> all() {
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
