package dev.culvert.agent.host;

import dev.culvert.io.nft.PacketFilter;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Remembers what it was told. */
public final class FakeFilter implements PacketFilter {
    public Rules installed = Rules.NONE;
    public boolean failing;
    public long refused;
    public final Map<Pair, Long> byPair = new HashMap<>();

    @Override
    public void apply(Rules rules) throws IOException {
        if (failing) {
            throw new IOException("nft is not there");
        }
        installed = rules;
    }

    @Override
    public long refused() {
        return refused;
    }

    @Override
    public Map<Pair, Long> refusedByPair() {
        return Map.copyOf(byPair);
    }
}
