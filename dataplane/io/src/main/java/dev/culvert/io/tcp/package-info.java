/** TCP connections that carry IKE and ESP (RFC 9329). */
@NullMarked
package dev.culvert.io.tcp;

import org.jspecify.annotations.NullMarked;
