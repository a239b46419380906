/** What the JDK's providers lack, from Bouncy Castle: AES-CCM, AES-CMAC, GCM with an ICV of 8 octets, Brainpool curves. */
@NullMarked
package dev.culvert.crypto.bc;

import org.jspecify.annotations.NullMarked;
