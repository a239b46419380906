package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.ConditionReasons;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Checks the strength of a pre-shared key. Who takes part in one exchange as an impostor can try keys at leisure
 * afterwards (RFC 7296 §5), so a key that people can think of is none.
 *
 * <p>The estimate is on the generous side: a character counts as much as the alphabet it is taken from, unless it goes
 * on in a row like {@code aaaa} or {@code 1234}. No message says anything of the key but its length and the estimate.
 */
public final class PreSharedKeyValidation {
    /** Below this a key is refused. */
    static final int LEAST_BITS = 40;
    /** Below this a key is warned about. */
    static final int ENOUGH_BITS = 80;

    /** So few different characters are an alphabet of their own, as in abababab. */
    private static final int FEW = 6;

    private static final String ALLOWED = "at least 20 random characters, for example of: openssl rand -base64 24";
    private static final Set<String> GUESSED_FIRST = Set.of(
            "administrator",
            "changeme",
            "changeme123",
            "password",
            "password1",
            "password123",
            "presharedkey",
            "preshared-key",
            "pre-shared-key",
            "qwertyuiop",
            "secretsecret",
            "sharedsecret",
            "shared-secret",
            "strongswan",
            "libreswan",
            "topsecret",
            "verysecret",
            "kubernetes",
            "ipsec-psk",
            "vpnpassword");

    private PreSharedKeyValidation() {}

    /**
     * Problems of the key.
     *
     * @param fieldPath of the reference to it
     * @param key the key's bytes, read only
     */
    public static List<Problem> validate(String fieldPath, byte[] key) {
        List<Problem> problems = new ArrayList<>();
        int bits = isGuessedFirst(key) ? 0 : estimatedBits(key);
        if (bits < LEAST_BITS) {
            problems.add(Problem.invalid(
                    fieldPath, "the pre-shared key of " + key.length + " octets can be guessed", ALLOWED));
        } else if (bits < ENOUGH_BITS) {
            problems.add(new Problem(
                    Problem.Severity.WARNING,
                    ConditionReasons.WEAK_PRE_SHARED_KEY,
                    fieldPath,
                    "the pre-shared key of " + key.length + " octets is weak, about " + bits + " bits",
                    ALLOWED));
        }
        if (key.length > 0 && (key[key.length - 1] == '\n' || key[key.length - 1] == '\r')) {
            problems.add(new Problem(
                    Problem.Severity.WARNING,
                    ConditionReasons.SECRET_INVALID,
                    fieldPath,
                    "the pre-shared key ends with a line break, which counts as part of it and is seldom meant",
                    "the key without it, as printf or echo -n write it"));
        }
        return problems;
    }

    /** Bits of entropy if every character was drawn at random from the alphabet that the key shows; rows count once. */
    static int estimatedBits(byte[] key) {
        int counted = 0;
        int step = Integer.MIN_VALUE;
        Set<Byte> different = new HashSet<>();
        for (int i = 0; i < key.length; i++) {
            int stepHere = i == 0 ? Integer.MAX_VALUE : key[i] - key[i - 1];
            boolean inRow = Math.abs(stepHere) <= 1 && stepHere == step;
            counted += inRow ? 0 : 1;
            step = stepHere;
            different.add(key[i]);
        }
        int alphabet = different.size() < FEW ? different.size() : alphabet(key);
        return (int) (counted * log2(alphabet));
    }

    private static int alphabet(byte[] key) {
        boolean lower = false;
        boolean upper = false;
        boolean digit = false;
        boolean symbol = false;
        boolean binary = false;
        for (byte octet : key) {
            lower |= octet >= 'a' && octet <= 'z';
            upper |= octet >= 'A' && octet <= 'Z';
            digit |= octet >= '0' && octet <= '9';
            binary |= octet < ' ' || octet == 0x7f;
            symbol |= octet >= ' ' && octet < 0x7f && !Character.isLetterOrDigit(octet);
        }
        if (binary) {
            return 256;
        }
        return (lower ? 26 : 0) + (upper ? 26 : 0) + (digit ? 10 : 0) + (symbol ? 33 : 0);
    }

    private static double log2(int value) {
        return value <= 1 ? 0 : Math.log(value) / Math.log(2);
    }

    /** The comparison takes as long as it takes: what it could give away is in every attacker's list. */
    private static boolean isGuessedFirst(byte[] key) {
        return key.length < 20
                && GUESSED_FIRST.contains(
                        new String(key, StandardCharsets.ISO_8859_1).strip().toLowerCase(Locale.ROOT));
    }
}
