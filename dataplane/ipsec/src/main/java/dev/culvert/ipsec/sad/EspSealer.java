package dev.culvert.ipsec.sad;

import dev.culvert.crypto.PacketCipher;
import dev.culvert.ipsec.esp.EspHeader;
import dev.culvert.ipsec.esp.EspTrailer;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.PacketBuffer;

/** RFC 4303 §3.3. */
final class EspSealer implements Sealer {
    private final PacketCipher cipher;

    EspSealer(PacketCipher cipher) {
        this.cipher = cipher;
    }

    @Override
    public int protocol() {
        return IpProtocol.ESP;
    }

    @Override
    public int headerLength(int ipVersion) {
        return EspHeader.LENGTH + cipher.ivLength();
    }

    @Override
    public void seal(PacketBuffer payload, int ipVersion, int spi, long sequence, int nextHeader) {
        int esp = payload.offset - headerLength(ipVersion);
        int plain = payload.length
                + EspTrailer.append(payload.array, payload.end(), payload.length, cipher.padBlock(), nextHeader);
        EspHeader.write(payload.array, esp, spi, (int) sequence);
        cipher.seal(payload.array, esp, plain, sequence);
        payload.offset = esp;
        payload.length = cipher.overhead() + plain;
    }

    @Override
    public boolean sign(PacketBuffer packet, int header, long sequence) {
        return true;
    }

    @Override
    public void close() {
        cipher.close();
    }
}
