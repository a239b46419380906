package dev.culvert.ipsec.mtu;

/**
 * What is configured about the sizes of an SA's packets.
 *
 * @param innerLimit the longest inner packet in bytes, even if a longer one would fit the path; 0 for no limit
 */
public record SizePolicy(int innerLimit, MssClamp mssClamp, DontFragment dontFragment) {
    /** What an SA has of which nothing is said. */
    public static final SizePolicy USUAL = new SizePolicy(0, new MssClamp.Auto(), DontFragment.CLEAR);

    public SizePolicy withMssClamp(MssClamp changed) {
        return new SizePolicy(innerLimit, changed, dontFragment);
    }

    public SizePolicy withDontFragment(DontFragment changed) {
        return new SizePolicy(innerLimit, mssClamp, changed);
    }

    public SizePolicy withInnerLimit(int bytes) {
        return new SizePolicy(bytes, mssClamp, dontFragment);
    }
}
