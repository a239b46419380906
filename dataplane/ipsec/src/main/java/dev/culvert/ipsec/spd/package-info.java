/** The security policy database (RFC 4301 §4.4.1): which packets are protected, by which child, and which are discarded. */
@NullMarked
package dev.culvert.ipsec.spd;

import org.jspecify.annotations.NullMarked;
