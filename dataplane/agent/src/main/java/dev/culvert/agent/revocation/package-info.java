/** Finding out whether a peer's certificates were revoked: what may be fetched, the fetching, and what came of it. */
@NullMarked
package dev.culvert.agent.revocation;

import org.jspecify.annotations.NullMarked;
