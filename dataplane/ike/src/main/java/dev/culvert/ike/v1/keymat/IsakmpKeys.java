package dev.culvert.ike.v1.keymat;

import dev.culvert.crypto.CbcCipher;
import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.Hash;
import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.Prf;
import dev.culvert.crypto.PrfAlgorithm;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.message.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * The keys of an ISAKMP SA and what is computed with them (RFC 2409 §5 to §5.7): SKEYID, from which all else comes,
 * SKEYID_d for the SAs of phase 2, SKEYID_a for the hashes of phase 2, and the key of the cipher, which comes from SKEYID_e.
 * The PRF is HMAC with the negotiated hash function: no other was ever given a number.
 */
public final class IsakmpKeys implements AutoCloseable {
    /** The numbers of RFC 2407 §4.4.1, which KEYMAT is computed with. */
    private static final byte PROTO_IPSEC_AH = 2;

    private static final byte PROTO_IPSEC_ESP = 3;

    private final IkeSuite suite;
    private final Prf prf;
    private final Hash hash;
    private final SecretBytes skeyid;
    private final SecretBytes skeyidD;
    private final SecretBytes skeyidA;
    private final SecretBytes skeyidE;
    private final SecretBytes cipherKey;
    private final CbcCipher cipher;

    private IsakmpKeys(IkeSuite suite, SecretBytes skeyid, SecretBytes gxy, PhaseOneValues values) {
        this.suite = suite;
        this.prf = Prf.of(suite.prf());
        this.hash = suite.prf().hash();
        this.skeyid = skeyid;
        byte[] cookies = cookies(values.cookieInitiator(), values.cookieResponder());
        this.skeyidD = prf.compute(skeyid, gxy.bytes(), cookies, new byte[] {0});
        this.skeyidA = prf.compute(skeyid, skeyidD.bytes(), gxy.bytes(), cookies, new byte[] {1});
        this.skeyidE = prf.compute(skeyid, skeyidA.bytes(), gxy.bytes(), cookies, new byte[] {2});
        this.cipherKey = cipherKey(prf, skeyidE, suite.encryptionKeyLength());
        this.cipher = CbcCipher.of(suite.encryption(), cipherKey);
    }

    /**
     * Where both sides have a pre-shared key: SKEYID = prf(pre-shared-key, Ni_b | Nr_b) (RFC 2409 §5.4).
     *
     * @param suite with CBC, and a PRF that is an HMAC
     * @param gxy g^xy with its leading zeros; remains the caller's
     */
    public static IsakmpKeys forPreSharedKey(
            IkeSuite suite, SecretBytes preSharedKey, SecretBytes gxy, PhaseOneValues values) {
        SecretBytes skeyid = Prf.of(suite.prf())
                .compute(preSharedKey, values.ni().toArray(), values.nr().toArray());
        return new IsakmpKeys(suite, skeyid, gxy, values);
    }

    /** Where both sides sign: SKEYID = prf(Ni_b | Nr_b, g^xy) (RFC 2409 §5.1). */
    public static IsakmpKeys forSignatures(IkeSuite suite, SecretBytes gxy, PhaseOneValues values) {
        try (SecretBytes nonces =
                SecretBytes.concat(values.ni().toArray(), values.nr().toArray())) {
            return new IsakmpKeys(suite, Prf.of(suite.prf()).compute(nonces, gxy.bytes()), gxy, values);
        }
    }

    public IkeSuite suite() {
        return suite;
    }

    SecretBytes skeyid() {
        return skeyid;
    }

    SecretBytes skeyidD() {
        return skeyidD;
    }

    SecretBytes skeyidA() {
        return skeyidA;
    }

    SecretBytes skeyidE() {
        return skeyidE;
    }

    /** The key of the cipher, for a person who looks into captured messages; not to be closed, nor kept. */
    public SecretBytes cipherKey() {
        return cipherKey;
    }

    /**
     * HASH_I = prf(SKEYID, g^xi | g^xr | CKY-I | CKY-R | SAi_b | IDii_b).
     *
     * @param identification the body of the initiator's ID payload
     */
    public HashValue hashI(PhaseOneValues values, Bytes identification) {
        return hashI(suite.prf(), values, identification);
    }

    /** The same with another PRF than the negotiated one, as a signature method may demand (RFC 4754 §4). */
    public HashValue hashI(PrfAlgorithm algorithm, PhaseOneValues values, Bytes identification) {
        return hash(
                Prf.of(algorithm),
                skeyid,
                values.gxi().toArray(),
                values.gxr().toArray(),
                cookies(values.cookieInitiator(), values.cookieResponder()),
                values.saBody().toArray(),
                identification.toArray());
    }

    /** HASH_R = prf(SKEYID, g^xr | g^xi | CKY-R | CKY-I | SAi_b | IDir_b). */
    public HashValue hashR(PhaseOneValues values, Bytes identification) {
        return hashR(suite.prf(), values, identification);
    }

    /** As {@link #hashI(PrfAlgorithm, PhaseOneValues, Bytes)}. */
    public HashValue hashR(PrfAlgorithm algorithm, PhaseOneValues values, Bytes identification) {
        return hash(
                Prf.of(algorithm),
                skeyid,
                values.gxr().toArray(),
                values.gxi().toArray(),
                cookies(values.cookieResponder(), values.cookieInitiator()),
                values.saBody().toArray(),
                identification.toArray());
    }

    /**
     * prf(SKEYID_a, M-ID | all that follows the HASH payload): HASH(1) of quick mode (RFC 2409 §5.5), that of an
     * informational exchange (§5.7), and that of the CONNECTED notify, which ends a quick mode with the commit bit.
     *
     * @param rest the message behind the HASH payload, with the generic headers, without padding
     */
    public HashValue hash1(int messageId, Bytes rest) {
        return hash(prf, skeyidA, Bytes.ofInt(messageId).toArray(), rest.toArray());
    }

    /**
     * HASH(2) = prf(SKEYID_a, M-ID | Ni_b | all that follows the HASH payload).
     *
     * @param ni the body of the initiator's nonce payload of this quick mode
     */
    public HashValue hash2(int messageId, Bytes ni, Bytes rest) {
        return hash(prf, skeyidA, Bytes.ofInt(messageId).toArray(), ni.toArray(), rest.toArray());
    }

    /** HASH(3) = prf(SKEYID_a, 0 | M-ID | Ni_b | Nr_b). */
    public HashValue hash3(int messageId, Bytes ni, Bytes nr) {
        return hash(prf, skeyidA, new byte[1], Bytes.ofInt(messageId).toArray(), ni.toArray(), nr.toArray());
    }

    /** The messages of phase 1; the first IV is hash(g^xi | g^xr) (RFC 2409 appendix B). */
    public CipherChain phaseOneChain(PhaseOneValues values) {
        return chain(values.gxi(), values.gxr());
    }

    /**
     * The messages of one exchange of phase 2; the first IV is hash(last block of phase 1 | M-ID).
     *
     * @param phaseOne when phase 1 is over
     */
    public CipherChain phaseTwoChain(CipherChain phaseOne, int messageId) {
        return chain(phaseOne.lastBlock(), Bytes.ofInt(messageId));
    }

    /**
     * KEYMAT of the SA with that SPI, cut into its keys: K1 | K2 | … with K1 = prf(SKEYID_d, [g(qm)^xy |] protocol | SPI |
     * Ni_b | Nr_b), Kn = prf(SKEYID_d, Kn-1 | the same) (RFC 2409 §5.5).
     *
     * @param gxy of the key exchange in this quick mode, if there was one (PFS); remains the caller's
     * @param spi chosen by who receives on this SA
     * @param ni nonces of this quick mode
     */
    public DirectionKeys keymat(ChildSuite child, Optional<SecretBytes> gxy, int spi, Bytes ni, Bytes nr) {
        byte protocol =
                switch (child.protocol()) {
                    case AH -> PROTO_IPSEC_AH;
                    case ESP -> PROTO_IPSEC_ESP;
                    case IKE -> throw new IllegalArgumentException("phase 2 for " + child.protocol());
                };
        byte[] newSecret = gxy.map(SecretBytes::bytes).orElse(new byte[0]);
        int encryption = child.encryptionKeyLength();
        int length = encryption + child.integrityKeyLength();
        try (SecretBytes seed = SecretBytes.concat(
                        newSecret, new byte[] {protocol}, Bytes.ofInt(spi).toArray(), ni.toArray(), nr.toArray());
                SecretBytes all = feedback(prf, skeyidD, new byte[0], seed.bytes(), length)) {
            return new DirectionKeys(all.slice(0, encryption), all.slice(encryption, length - encryption));
        }
    }

    /**
     * The first octets of SKEYID_e, or if those are too few, of K1 | K2 | … with K1 = prf(SKEYID_e, 0), Kn = prf(SKEYID_e,
     * Kn-1) (RFC 2409 appendix B).
     */
    static SecretBytes cipherKey(Prf prf, SecretBytes skeyidE, int length) {
        if (length <= skeyidE.length()) {
            return skeyidE.slice(0, length);
        }
        return feedback(prf, skeyidE, new byte[1], new byte[0], length);
    }

    /** K1 | K2 | … with K1 = prf(key, first | seed), Kn = prf(key, Kn-1 | seed), cut to a length. */
    private static SecretBytes feedback(Prf prf, SecretBytes key, byte[] first, byte[] seed, int length) {
        byte[] all = new byte[length];
        byte[] before = first;
        int filled = 0;
        while (filled < length) {
            SecretBytes block = prf.compute(key, before, seed);
            int taken = Math.min(block.length(), length - filled);
            System.arraycopy(block.bytes(), 0, all, filled, taken);
            filled += taken;
            Arrays.fill(before, (byte) 0);
            before = block.bytes();
        }
        Arrays.fill(before, (byte) 0);
        return SecretBytes.wrap(all);
    }

    private static HashValue hash(Prf function, SecretBytes key, byte[]... parts) {
        try (SecretBytes value = function.compute(key, parts)) {
            return new HashValue(value.bytes().clone());
        }
    }

    private CipherChain chain(Bytes first, Bytes second) {
        return new CipherChain(
                cipher, Arrays.copyOf(hash.digest(first.toArray(), second.toArray()), cipher.blockSize()));
    }

    private static byte[] cookies(long first, long second) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(first)
                .putLong(second)
                .array();
    }

    /** Zeroes all keys. */
    @Override
    public void close() {
        skeyid.close();
        skeyidD.close();
        skeyidA.close();
        skeyidE.close();
        cipherKey.close();
        cipher.close();
    }
}
