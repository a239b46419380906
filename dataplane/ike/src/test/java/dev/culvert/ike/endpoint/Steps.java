package dev.culvert.ike.endpoint;

import dev.culvert.ike.endpoint.Crossing.Content;
import dev.culvert.ike.endpoint.Crossing.Flight;
import dev.culvert.ike.message.ExchangeType;

/**
 * What goes between two gateways, step by step, as the RFCs write it: {@code -->} is a message of the one, {@code <--} of the
 * other, the first that it has in flight, and it has to be what the step says. After each step both sides can send what the
 * other receives.
 */
final class Steps {
    private final Crossing c;
    private final Gateway one;

    Steps(Crossing c, Gateway one) {
        this.c = c;
        this.one = one;
    }

    /** Messages arrive, one in a line: {@code --> CREATE_CHILD_SA LONG}. */
    Steps play(String script) {
        script.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(line -> {
            c.repeat(hold(line));
            Agreement.assertUsable(c.a, c.b, Tunnels.CHILD);
        });
        return this;
    }

    /** As {@link #play}, while there may be nothing to send on. */
    void playDown(String script) {
        script.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(line -> c.repeat(hold(line)));
    }

    /** A message that is held back. */
    Flight hold(String line) {
        String[] words = line.split(" +", 4);
        Gateway from = words[0].equals("-->") ? one : c.other(one);
        return c.takeOut(from, ExchangeType.valueOf(words[1]), Content.valueOf(words[2]));
    }

    /** One that was held back arrives. */
    Steps deliver(Flight flight) {
        c.repeat(flight);
        Agreement.assertUsable(c.a, c.b, Tunnels.CHILD);
        return this;
    }
}
