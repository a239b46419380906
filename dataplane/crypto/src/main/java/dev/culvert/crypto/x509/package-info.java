/** X.509 certificates: reading them, the own one with its key, and whether a peer's leads to a trust anchor. */
@NullMarked
package dev.culvert.crypto.x509;

import org.jspecify.annotations.NullMarked;
