package dev.culvert.ike.v1.quick;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.ChildSaParameters;
import dev.culvert.ike.endpoint.IpsecMode;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.keymat.DirectionKeys;
import dev.culvert.ike.v1.proposal.Lifetime;
import dev.culvert.wire.Carrier;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What both sides agreed on in a quick mode.
 *
 * @param initiator whether we began it
 * @param gxy of the key exchange in it, with PFS; closed by who made it
 */
record Agreement(
        IsakmpSa sa,
        ChildConfig child,
        boolean initiator,
        int spiIn,
        int spiOut,
        ChildSuite suite,
        IpsecMode mode,
        Ends ends,
        Lifetime lifetime,
        Optional<SecretBytes> gxy,
        Bytes ni,
        Bytes nr) {
    Carrier carrier() {
        return sa.path().ofEsp(sa.tunnel().config().encapsulation());
    }

    Bytes lowestNonce() {
        return Arrays.compareUnsigned(ni.toArray(), nr.toArray()) < 0 ? ni : nr;
    }

    /** For the data path, with keys of their own for each direction (RFC 2409 §5.5). */
    ChildSaParameters parameters(Optional<Pair> replaces) {
        DirectionKeys in = sa.keys().keymat(suite, gxy, spiIn, ni, nr);
        DirectionKeys out = sa.keys().keymat(suite, gxy, spiOut, ni, nr);
        PeerPath path = sa.path();
        return new ChildSaParameters(
                spiIn,
                spiOut,
                suite,
                mode,
                in.encryption(),
                in.integrity(),
                out.encryption(),
                out.integrity(),
                List.of(ends.local()),
                List.of(ends.remote()),
                path.local(),
                path.remote(),
                carrier(),
                path.localBehindNat(),
                path.remoteBehindNat(),
                initiator,
                replaces.map(Pair::spiIn),
                lifetime.octets());
    }
}
