/** Keys written down for Wireshark, when somebody asks for it. */
@NullMarked
package dev.culvert.agent.keylog;

import org.jspecify.annotations.NullMarked;
