/** The exchanges of IKEv2, one class for each role in each (RFC 7296 §1.2 to §1.5). */
@NullMarked
package dev.culvert.ike.v2.exchange;

import org.jspecify.annotations.NullMarked;
