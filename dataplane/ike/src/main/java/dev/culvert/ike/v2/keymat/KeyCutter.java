package dev.culvert.ike.v2.keymat;

import dev.culvert.crypto.SecretBytes;

/** Takes keys one behind the other from the octets that prf+ gave. */
final class KeyCutter {
    private final SecretBytes from;
    private int offset;

    KeyCutter(SecretBytes from) {
        this.from = from;
    }

    SecretBytes next(int length) {
        SecretBytes key = from.slice(offset, length);
        offset += length;
        return key;
    }
}
