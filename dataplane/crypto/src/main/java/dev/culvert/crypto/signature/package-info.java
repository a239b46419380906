/** Digital signatures of IKE's authentication, and keys that make and check them. */
@NullMarked
package dev.culvert.crypto.signature;

import org.jspecify.annotations.NullMarked;
