/** Where the desired tunnels come from: documents in files, and what they mean to IKE and to the packet path. */
@NullMarked
package dev.culvert.agent.config;

import org.jspecify.annotations.NullMarked;
