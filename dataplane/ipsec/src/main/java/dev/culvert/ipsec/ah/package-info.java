/** The IP Authentication Header (RFC 4302). */
@NullMarked
package dev.culvert.ipsec.ah;

import org.jspecify.annotations.NullMarked;
