package dev.culvert.ike.sa;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.MessageCipher;
import dev.culvert.crypto.MessageCiphers;
import dev.culvert.crypto.Prf;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.v2.keymat.IkeKeys;

/** Suite, keys and message ciphers of one IKE SA. */
public final class SaKeys implements AutoCloseable {
    private final IkeSuite suite;
    private final IkeKeys keys;
    private final Prf prf;
    private final MessageCipher outbound;
    private final MessageCipher inbound;

    /** @param initiator whether we are the IKE SA's original initiator, who seals with SK_ei and SK_ai */
    public SaKeys(IkeSuite suite, IkeKeys keys, boolean initiator, RandomSource random) {
        this.suite = suite;
        this.keys = keys;
        this.prf = Prf.of(suite.prf());
        MessageCipher fromInitiator = MessageCiphers.forIke(suite, keys.skEi(), keys.skAi(), random);
        MessageCipher fromResponder = MessageCiphers.forIke(suite, keys.skEr(), keys.skAr(), random);
        this.outbound = initiator ? fromInitiator : fromResponder;
        this.inbound = initiator ? fromResponder : fromInitiator;
    }

    private SaKeys(IkeSuite suite, IkeKeys keys, Prf prf, MessageCipher outbound, MessageCipher inbound) {
        this.suite = suite;
        this.keys = keys;
        this.prf = prf;
        this.outbound = outbound;
        this.inbound = inbound;
    }

    /**
     * The same with a post-quantum pre-shared key in SK_d, SK_pi and SK_pr (RFC 8784 §3). Messages are protected as before:
     * it shares the ciphers with this one, and only one of both may be closed.
     */
    public SaKeys mixedWith(SecretBytes ppk) {
        return new SaKeys(suite, keys.mixedWith(prf, ppk), prf, outbound, inbound);
    }

    public IkeSuite suite() {
        return suite;
    }

    public IkeKeys keys() {
        return keys;
    }

    public Prf prf() {
        return prf;
    }

    public MessageCipher outbound() {
        return outbound;
    }

    public MessageCipher inbound() {
        return inbound;
    }

    /** Zeroes the keys. */
    @Override
    public void close() {
        keys.close();
        outbound.close();
        inbound.close();
    }
}
