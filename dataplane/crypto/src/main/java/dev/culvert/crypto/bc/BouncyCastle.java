package dev.culvert.crypto.bc;

import java.security.Provider;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Bouncy Castle as a provider that is handed to the JCA with each call, never registered: what the JDK has stays the
 * JDK's. It is loaded when something first needs it.
 */
public final class BouncyCastle {
    private BouncyCastle() {}

    public static Provider provider() {
        return Loaded.PROVIDER;
    }

    private static final class Loaded {
        static final Provider PROVIDER = new BouncyCastleProvider();
    }
}
