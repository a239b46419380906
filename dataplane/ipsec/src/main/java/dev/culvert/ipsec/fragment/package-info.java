/** Putting fragments together where an SA needs whole packets, and cutting what became too long. */
@NullMarked
package dev.culvert.ipsec.fragment;

import org.jspecify.annotations.NullMarked;
