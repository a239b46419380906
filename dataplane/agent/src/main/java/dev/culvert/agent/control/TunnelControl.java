package dev.culvert.agent.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.culvert.agent.status.StatusBook;
import dev.culvert.agent.status.TunnelList;
import dev.culvert.api.v1alpha1.ChildSaState;
import dev.culvert.api.v1alpha1.ChildSaStatus;
import dev.culvert.api.v1alpha1.IPSecEndpointStatus;
import dev.culvert.api.v1alpha1.LastError;
import dev.culvert.ike.endpoint.Command;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Carries out control requests: status from the book, the others as commands to the negotiator, whose effect is then
 * waited for.
 */
public final class TunnelControl implements ControlHandler {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final StatusBook book;
    private final Consumer<Command> commands;
    private final Supplier<JsonNode> associations;
    private final Supplier<JsonNode> policies;

    /**
     * @param associations the SAs that there are now, as a document
     * @param policies the policies that apply now, as a document
     */
    public TunnelControl(
            StatusBook book, Consumer<Command> commands, Supplier<JsonNode> associations, Supplier<JsonNode> policies) {
        this.book = book;
        this.commands = commands;
        this.associations = associations;
        this.policies = policies;
    }

    @Override
    public ControlResponse handle(ControlRequest request) throws InterruptedException {
        if (request.command() == ControlRequest.Command.STATUS) {
            return status(request.tunnel());
        }
        if (request.command() == ControlRequest.Command.SADB) {
            return ControlResponse.ok(associations.get());
        }
        if (request.command() == ControlRequest.Command.SPD) {
            return ControlResponse.ok(policies.get());
        }
        if (request.tunnel() == null) {
            return ControlResponse.failed("which tunnel?" + known());
        }
        Optional<StatusBook.Snapshot> found = find(request.tunnel());
        if (found.isEmpty()) {
            return unknown(request.tunnel());
        }
        StatusBook.Snapshot tunnel = found.get();
        String name = tunnel.desired().name();
        if (request.child() != null
                && tunnel.desired().spec().children().stream()
                        .noneMatch(c -> c.name().equals(request.child()))) {
            return ControlResponse.failed("tunnel " + name + " has no child '" + request.child() + "'; it has "
                    + tunnel.desired().spec().children().stream()
                            .map(c -> c.name())
                            .collect(Collectors.joining(", ")));
        }
        if (!tunnel.desired().negotiates()) {
            return ControlResponse.failed(
                    "tunnel " + name + (tunnel.desired().spec().suspend() ? " is suspended" : " has no key yet"));
        }
        Optional<String> child = Optional.ofNullable(request.child());
        return switch (request.command()) {
            case STATUS, SADB, SPD -> throw new AssertionError("answered above");
            case INITIATE -> initiate(name, child);
            case TERMINATE -> terminate(name, child);
            case REKEY -> rekey(name, child, tunnel.status());
            case REAUTHENTICATE -> reauthenticate(name, tunnel.status());
        };
    }

    private ControlResponse status(@Nullable String tunnel) {
        if (tunnel == null) {
            return ControlResponse.ok(TunnelList.of(book.all().values()));
        }
        return find(tunnel)
                .map(snapshot -> ControlResponse.ok(TunnelList.of(List.of(snapshot))))
                .orElseGet(() -> unknown(tunnel));
    }

    private ControlResponse initiate(String name, Optional<String> child) throws InterruptedException {
        Optional<LastError> before = error(name);
        commands.accept(new Command.Initiate(name, child));
        boolean settled = await(
                name,
                status -> isUp(status, child)
                        || (status.lastError() != null && !before.equals(Optional.ofNullable(status.lastError()))));
        Optional<IPSecEndpointStatus> now = statusOf(name);
        if (now.filter(status -> isUp(status, child)).isPresent()) {
            return done(name, child, "established");
        }
        return ControlResponse.failed(error(name)
                .filter(e -> settled || before.isPresent())
                .map(e -> name + ": " + e.message())
                .orElse(name + ": not established after " + LONGEST_WAIT.toSeconds() + " s; it is still tried"));
    }

    private ControlResponse terminate(String name, Optional<String> child) throws InterruptedException {
        commands.accept(new Command.Terminate(name, child));
        boolean gone = await(
                name,
                status -> child.isPresent()
                        ? !isUp(status, child)
                        : status.ikeSA() == null && carrying(status).isEmpty());
        return gone ? done(name, child, "terminated") : notYet(name);
    }

    private ControlResponse rekey(String name, Optional<String> child, IPSecEndpointStatus before)
            throws InterruptedException {
        if (before.ikeSA() == null || (child.isPresent() && !isUp(before, child))) {
            return ControlResponse.failed(name + child.map(c -> " " + c).orElse("") + " is not established");
        }
        commands.accept(new Command.Rekey(name, child));
        Predicate<IPSecEndpointStatus> changed = status -> child.isPresent()
                ? isUp(status, child) && !spi(status, child.get()).equals(spi(before, child.get()))
                : hasNewIkeSa(status, before);
        await(name, status -> changed.test(status) || refused(status, before));
        Optional<IPSecEndpointStatus> now = statusOf(name);
        if (now.filter(changed).isPresent()) {
            return done(name, child, "rekeyed");
        }
        return now.filter(status -> refused(status, before))
                .map(IPSecEndpointStatus::lastError)
                .map(error -> ControlResponse.failed(name + ": " + error.message()))
                .orElseGet(() -> notYet(name));
    }

    /** Whether something went wrong since. */
    private static boolean refused(IPSecEndpointStatus status, IPSecEndpointStatus before) {
        return status.lastError() != null && !status.lastError().equals(before.lastError());
    }

    private ControlResponse reauthenticate(String name, IPSecEndpointStatus before) throws InterruptedException {
        if (before.ikeSA() == null) {
            return ControlResponse.failed(name + " is not established");
        }
        commands.accept(new Command.Reauthenticate(name));
        boolean changed = await(
                name, status -> hasNewIkeSa(status, before) && carrying(status).containsAll(carrying(before)));
        return changed ? done(name, Optional.empty(), "reauthenticated") : notYet(name);
    }

    /** Looks at the status until it is as wanted or it has taken too long. */
    private boolean await(String name, Predicate<IPSecEndpointStatus> wanted) throws InterruptedException {
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (System.nanoTime() - end < 0) {
            Optional<IPSecEndpointStatus> status = statusOf(name);
            if (status.isEmpty()) {
                return false;
            }
            if (wanted.test(status.get())) {
                return true;
            }
            Thread.sleep(LOOK_AGAIN);
        }
        return false;
    }

    private static boolean hasNewIkeSa(IPSecEndpointStatus status, IPSecEndpointStatus before) {
        return status.ikeSA() != null
                && before.ikeSA() != null
                && status.ikeSA().spis() != null
                && !status.ikeSA().spis().equals(before.ikeSA().spis());
    }

    private static boolean isUp(IPSecEndpointStatus status, Optional<String> child) {
        List<String> carrying = carrying(status);
        return child.isPresent()
                ? carrying.contains(child.get())
                : carrying.size() == status.childSAs().size();
    }

    private static List<String> carrying(IPSecEndpointStatus status) {
        return status.childSAs().stream()
                .filter(sa -> sa.state() == ChildSaState.INSTALLED || sa.state() == ChildSaState.REKEYING)
                .map(ChildSaStatus::name)
                .toList();
    }

    private static String spi(IPSecEndpointStatus status, String child) {
        return status.childSAs().stream()
                .filter(sa -> sa.name().equals(child))
                .map(sa -> sa.spiIn() + "/" + sa.spiOut())
                .findFirst()
                .orElse("");
    }

    private Optional<IPSecEndpointStatus> statusOf(String name) {
        return book.find(name).map(StatusBook.Snapshot::status);
    }

    private Optional<LastError> error(String name) {
        return statusOf(name).map(IPSecEndpointStatus::lastError);
    }

    /** {@code NAMESPACE/NAME}, or the bare name where only one namespace has it or {@code default} is meant. */
    private Optional<StatusBook.Snapshot> find(String name) {
        if (name.contains("/")) {
            return book.find(name);
        }
        Optional<StatusBook.Snapshot> inDefault = book.find("default/" + name);
        if (inDefault.isPresent()) {
            return inDefault;
        }
        Map<String, StatusBook.Snapshot> all = book.all();
        List<StatusBook.Snapshot> matching = all.values().stream()
                .filter(s -> s.desired().spec().tunnelRef().name().equals(name))
                .toList();
        return matching.size() == 1 ? Optional.of(matching.getFirst()) : Optional.empty();
    }

    private ControlResponse unknown(String tunnel) {
        return ControlResponse.failed("there is no tunnel '" + tunnel + "'" + known());
    }

    private String known() {
        return book.all().isEmpty()
                ? " (there are none)"
                : " (there are " + String.join(", ", book.all().keySet()) + ")";
    }

    private static ControlResponse done(String name, Optional<String> child, String what) {
        return ControlResponse.ok(
                TextNode.valueOf(name + child.map(c -> " " + c).orElse("") + " " + what));
    }

    private static ControlResponse notYet(String name) {
        return ControlResponse.failed(name + ": nothing came of it within " + LONGEST_WAIT.toSeconds() + " s");
    }
}
