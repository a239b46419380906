package dev.culvert.ipsec.sad;

import dev.culvert.crypto.PacketCipher;
import dev.culvert.wire.IpProtocol;

/** RFC 4303 §3.4. */
final class EspOpener implements Opener {
    private final PacketCipher cipher;

    EspOpener(PacketCipher cipher) {
        this.cipher = cipher;
    }

    @Override
    public int protocol() {
        return IpProtocol.ESP;
    }

    @Override
    public int minimumLength() {
        return cipher.overhead() + cipher.padBlock();
    }

    @Override
    public int open(byte[] a, int outer, int header, int length, long sequence, byte[] out, int outOffset) {
        return cipher.open(a, header, length, (int) (sequence >>> 32), out, outOffset);
    }

    @Override
    public void close() {
        cipher.close();
    }
}
