/** The outer IP header of packets that go without UDP (RFC 4301 §5.1.2), and congestion marks on either (RFC 6040). */
@NullMarked
package dev.culvert.ipsec.outer;

import org.jspecify.annotations.NullMarked;
