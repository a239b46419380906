package dev.culvert.ipsec;

import dev.culvert.crypto.RandomSource;
import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.ipsec.spd.Policy;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A data path with batches around it and a listener that remembers, for tests. */
final class Gateway {
    private static final int BATCH = 64;
    private static final int LONGEST = 9216;

    final List<DataPathEvent> events = new ArrayList<>();
    final DataPath dataPath = new DataPath(RandomSource.seeded(7), this::offer);
    final List<byte[]> toTun = new ArrayList<>();
    final List<byte[]> toUdp = new ArrayList<>();
    final List<UdpAddress> destinations = new ArrayList<>();
    final List<Integer> trafficClasses = new ArrayList<>();
    final List<byte[]> toIke = new ArrayList<>();
    boolean eventsFull;
    long now = 1_000_000_000L;
    int ikeCapacity = BATCH;
    int capacity = BATCH;

    private boolean offer(DataPathEvent event) {
        return !eventsFull && events.add(event);
    }

    /** With the policy of {@link SaBuilder}'s networks: from {@code local} to {@code remote}. */
    Gateway protecting(List<TrafficSelector> local, List<TrafficSelector> remote) {
        dataPath.policies(List.of(new Policy.Protect("branch", "net", local, remote)));
        return this;
    }

    static Gateway left() {
        return new Gateway().protecting(SaBuilder.LEFT_NETWORKS, SaBuilder.RIGHT_NETWORKS);
    }

    static Gateway right() {
        return new Gateway().protecting(SaBuilder.RIGHT_NETWORKS, SaBuilder.LEFT_NETWORKS);
    }

    /** Inner packets out of the TUN device; what comes of them is in the lists. */
    Gateway send(byte[]... packets) {
        PacketBatch udp = new PacketBatch(capacity, LONGEST);
        PacketBatch tun = new PacketBatch(capacity, LONGEST);
        dataPath.outbound().process(batch(SaBuilder.LEFT, packets), udp, tun, now);
        for (int i = 0; i < udp.size(); i++) {
            destinations.add(udp.buffer(i).remote);
            trafficClasses.add(udp.buffer(i).trafficClass);
        }
        collect(udp, toUdp);
        collect(tun, toTun);
        return this;
    }

    /** The same for packets that wait; what comes of them is in the lists. */
    Gateway release() {
        PacketBatch udp = new PacketBatch(capacity, LONGEST);
        PacketBatch tun = new PacketBatch(capacity, LONGEST);
        dataPath.outbound().release(new PacketBatch(1, LONGEST), udp, tun, now);
        collect(udp, toUdp);
        collect(tun, toTun);
        return this;
    }

    /** Seals one packet, which has to work. */
    byte[] seal(byte[] packet) {
        send(packet);
        return toUdp.removeLast();
    }

    Gateway receive(byte[]... datagrams) {
        return receiveFrom(SaBuilder.RIGHT, datagrams);
    }

    /** Datagrams on port 4500; what comes of them is in the lists. */
    Gateway receiveFrom(UdpAddress remote, byte[]... datagrams) {
        PacketBatch tun = new PacketBatch(capacity, LONGEST);
        PacketBatch ike = new PacketBatch(ikeCapacity, LONGEST);
        dataPath.inbound().process(batch(remote, datagrams), tun, ike, now);
        collect(tun, toTun);
        collect(ike, toIke);
        return this;
    }

    /** Whole IP packets on a raw socket; what comes of them is in the lists. */
    Gateway receiveRaw(byte[]... packets) {
        PacketBatch tun = new PacketBatch(capacity, LONGEST);
        dataPath.inbound().processRaw(batch(null, packets), tun, now);
        collect(tun, toTun);
        return this;
    }

    long drops(DropReason reason) {
        return dataPath.totals().drops(reason);
    }

    /** All drops that are not zero, by reason. */
    List<String> drops() {
        List<String> all = new ArrayList<>();
        dataPath.totals().drops().forEach((reason, count) -> {
            if (count != 0) {
                all.add(reason + "=" + count);
            }
        });
        return all;
    }

    <E extends DataPathEvent> List<E> events(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static PacketBatch batch(@Nullable UdpAddress remote, byte[]... packets) {
        PacketBatch batch = new PacketBatch(Math.max(1, packets.length), LONGEST);
        for (byte[] packet : packets) {
            PacketBuffer buffer = batch.add();
            System.arraycopy(packet, 0, buffer.array, buffer.offset, packet.length);
            buffer.length = packet.length;
            buffer.remote = remote;
        }
        return batch;
    }

    private static void collect(PacketBatch batch, List<byte[]> into) {
        for (int i = 0; i < batch.size(); i++) {
            PacketBuffer buffer = batch.buffer(i);
            into.add(Arrays.copyOfRange(buffer.array, buffer.offset, buffer.end()));
        }
    }
}
