package dev.culvert.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.agent.host.LocalPaths.Path;
import dev.culvert.ike.endpoint.Command;
import dev.culvert.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LocalPathsTest {
    private static final IpAddress PEER = IpAddress.parse("203.0.113.2");
    private static final IpAddress FIRST = IpAddress.parse("198.51.100.2");
    private static final IpAddress SECOND = IpAddress.parse("198.51.100.3");

    private final List<Command> commands = new ArrayList<>();
    private final Set<Path> paths = new HashSet<>(Set.of(new Path(FIRST, PEER)));
    private List<Set<IpAddress>> devices = List.of(Set.of(FIRST, SECOND));
    private Optional<IpAddress> source = Optional.of(FIRST);

    private final LocalPaths watched = new LocalPaths(
            new LocalPaths.Host() {
                @Override
                public List<Set<IpAddress>> devices() {
                    return devices;
                }

                @Override
                public Optional<IpAddress> source(IpAddress peer) {
                    return source;
                }
            },
            () -> paths,
            commands::add);

    private List<Command> look() {
        commands.clear();
        watched.look();
        return List.copyOf(commands);
    }

    @Test
    void whatStaysIsNotTold() {
        assertThat(look()).containsExactly(new Command.LocalAddresses(devices));
        assertThat(look()).isEmpty();
    }

    @Test
    void anAddressThatWentAway() {
        look();
        devices = List.of(Set.of(SECOND));
        source = Optional.empty();
        assertThat(look()).containsExactly(new Command.LocalAddresses(devices));
        source = Optional.of(SECOND);
        assertThat(look()).containsExactly(new Command.LocalPath(PEER, SECOND));
    }

    @Test
    void aRouteThatLeadsElsewhere() {
        look();
        source = Optional.of(SECOND);
        assertThat(look()).containsExactly(new Command.LocalPath(PEER, SECOND));
        assertThat(look()).as("the negotiator had its reasons to stay").isEmpty();
    }

    @Test
    void anSaThatThePeerMadeWithAnotherAddressOfOursStays() {
        paths.clear();
        paths.add(new Path(SECOND, PEER));
        look();
        assertThat(look()).isEmpty();
        source = Optional.of(SECOND);
        assertThat(look()).isEmpty();
    }
}
