/** The host's packet filter, by the nft program. */
@NullMarked
package dev.culvert.io.nft;

import org.jspecify.annotations.NullMarked;
