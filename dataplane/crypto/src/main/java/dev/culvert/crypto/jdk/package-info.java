/**
 * The engine that runs on the JDK's own providers. Not for other modules: they take {@link
 * dev.culvert.crypto.PacketCiphers}, {@link dev.culvert.crypto.MessageCiphers} and {@link
 * dev.culvert.crypto.KeyExchange#generate}.
 */
@NullMarked
package dev.culvert.crypto.jdk;

import org.jspecify.annotations.NullMarked;
