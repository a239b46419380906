package dev.culvert.e2e.lab;

import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.KePayload;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.message.SaProposal;
import dev.culvert.io.udp.UdpPort;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that sends IKE_SA_INIT requests, each from another address of 198.18.0.0/15 and with an SPI of its own, at an
 * even rate: {@code ADDRESS PORT PER_SECOND SECONDS}. {@link Flood} starts it where all those addresses are local.
 */
public final class FloodSender {
    private static final int BATCH = 64;
    private static final int FIRST_SOURCE = (198 << 24) | (18 << 16);
    private static final int SOURCES = 1 << 17;

    private FloodSender() {}

    public static void main(String[] arguments) throws IOException {
        UdpAddress target = UdpAddress.of(arguments[0], Integer.parseInt(arguments[1]));
        int perSecond = Integer.parseInt(arguments[2]);
        long total = (long) perSecond * Integer.parseInt(arguments[3]);
        SplittableRandom random = new SplittableRandom(1);
        byte[] message = request();
        PacketBatch batch = new PacketBatch(BATCH, message.length);
        try (UdpPort port = UdpPort.bind(new UdpAddress(IpAddress.ANY_V4, 500))) {
            System.out.println("sending");
            long begin = System.nanoTime();
            long sent = 0;
            while (sent < total) {
                fill(batch, message, target, random);
                sent += port.send(batch);
                batch.clear();
                long due = begin + sent * 1_000_000_000L / perSecond;
                for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
                    LockSupport.parkNanos(due - now);
                }
            }
            System.out.printf("sent %d in %d ms%n", sent, (System.nanoTime() - begin) / 1_000_000);
        }
    }

    private static void fill(PacketBatch batch, byte[] message, UdpAddress target, SplittableRandom random) {
        for (int i = 0; i < BATCH; i++) {
            PacketBuffer packet = batch.add();
            System.arraycopy(message, 0, packet.array, packet.offset, message.length);
            for (int spi = 0; spi < Long.BYTES; spi++) {
                packet.array[packet.offset + spi] = (byte) (random.nextInt() | 1);
            }
            packet.length = message.length;
            packet.remote = target;
            packet.local = new UdpAddress(IpAddress.v4(FIRST_SOURCE + random.nextInt(SOURCES)), 500);
        }
    }

    private static byte[] request() {
        RandomSource random = RandomSource.seeded(1);
        Proposal proposal = ProposalKeywords.parseAll(SecurityProtocol.IKE, List.of("aes256gcm16-prfsha384-x25519"))
                .getFirst();
        return IkeMessage.of(
                        IkeHeader.request(1, 0, ExchangeType.IKE_SA_INIT, true, 0),
                        new SaPayload(List.of(SaProposal.of(1, Bytes.EMPTY, proposal))),
                        new KePayload(
                                KeyExchangeMethod.X25519.id(),
                                Bytes.of(KeyExchange.generate(KeyExchangeMethod.X25519, random)
                                        .publicValue())),
                        new NoncePayload(Bytes.of(random.bytes(32))))
                .encode();
    }
}
