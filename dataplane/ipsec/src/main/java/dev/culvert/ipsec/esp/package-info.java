/** Encapsulating Security Payload packets (RFC 4303) and their UDP encapsulation (RFC 3948). */
@NullMarked
package dev.culvert.ipsec.esp;

import org.jspecify.annotations.NullMarked;
