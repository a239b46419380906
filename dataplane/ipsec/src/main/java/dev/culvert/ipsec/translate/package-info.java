/**
 * Other addresses for one side of a tunnel or both, where networks overlap: one to one, or many behind one address
 * (RFC 2663 §4.1).
 */
@NullMarked
package dev.culvert.ipsec.translate;

import org.jspecify.annotations.NullMarked;
