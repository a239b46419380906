package dev.culvert.ike.endpoint;

import dev.culvert.ike.endpoint.Crossing.Flight;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Runs two gateways through every order in which commands are given and messages arrive, and, if asked for, with one
 * mishap at any point: a message lost, or a message arriving twice. Each run
 * begins anew and repeats the choices of an earlier one up to a choice that was not made yet. Orders that leave both
 * gateways and the messages in flight with the same past go on as one.
 */
final class Interleavings {
    private static final int LONGEST_RUN = 300;

    /** What may go wrong, once in a run. */
    enum Mishap {
        /** A message is lost, and sent again when nothing else is left to happen. */
        LOST,
        /** A message arrives, and again at any time later. */
        REPEATED
    }

    private final Supplier<Crossing> begin;
    private final List<Order> orders = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private final List<Integer> choices = new ArrayList<>();
    private final List<Integer> widths = new ArrayList<>();
    private Consumer<Crossing> always = c -> {};
    private Consumer<Crossing> inTheEnd = c -> {};
    private Optional<Mishap> mishap = Optional.empty();
    private int ends;

    /** A command that may be given at any time. */
    private record Order(String gateway, Command command) {}

    /** One thing that may happen next. */
    private record Step(String name, boolean mishap, Runnable action) {}

    private Interleavings(Supplier<Crossing> begin) {
        this.begin = begin;
    }

    static Interleavings from(Supplier<Crossing> begin) {
        return new Interleavings(begin);
    }

    Interleavings a(Command command) {
        orders.add(new Order("A", command));
        return this;
    }

    Interleavings b(Command command) {
        orders.add(new Order("B", command));
        return this;
    }

    Interleavings mishap(Mishap kind) {
        mishap = Optional.of(kind);
        return this;
    }

    /** Holds after each step. */
    Interleavings always(Consumer<Crossing> check) {
        always = always.andThen(check);
        return this;
    }

    /** Holds when nothing is left to happen. */
    Interleavings inTheEnd(Consumer<Crossing> check) {
        inTheEnd = inTheEnd.andThen(check);
        return this;
    }

    /** Returns how many different states there were. */
    int explore() {
        do {
            new Run().go();
        } while (advance());
        return seen.size();
    }

    /** How many of the states were ends. */
    int ends() {
        return ends;
    }

    /** Moves on to the next choice that was not made yet. */
    private boolean advance() {
        while (!choices.isEmpty() && choices.getLast() + 1 >= widths.getLast()) {
            choices.removeLast();
            widths.removeLast();
        }
        if (choices.isEmpty()) {
            return false;
        }
        choices.addLast(choices.removeLast() + 1);
        return true;
    }

    private final class Run {
        private final Crossing crossing = begin.get();
        private final List<Order> notGiven = new ArrayList<>(orders);
        private final List<String> taken = new ArrayList<>();
        private Optional<Mishap> left = mishap;

        void go() {
            try {
                for (int depth = 0; depth < LONGEST_RUN; depth++) {
                    List<Step> steps = steps();
                    if (steps.isEmpty()) {
                        ends++;
                        inTheEnd.accept(crossing);
                        return;
                    }
                    if (depth == choices.size()) {
                        choices.add(0);
                        widths.add(steps.size());
                    }
                    Step step = steps.get(choices.get(depth));
                    taken.add(step.name());
                    left = step.mishap() ? Optional.empty() : left;
                    step.action().run();
                    always.accept(crossing);
                    if (depth + 1 == choices.size() && !seen.add(state())) {
                        return;
                    }
                }
                throw new AssertionError("no end");
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        e.getMessage() + "\nafter:\n  " + String.join("\n  ", taken) + "\n" + crossing.journal(), e);
            }
        }

        private List<Step> steps() {
            List<Step> steps = new ArrayList<>();
            for (Order order : notGiven) {
                Gateway gateway = order.gateway().equals("A") ? crossing.a : crossing.b;
                steps.add(new Step("command to " + order.gateway() + ": " + order.command(), false, () -> {
                    notGiven.remove(order);
                    crossing.command(gateway, order.command());
                }));
            }
            for (Flight flight : crossing.inFlight.stream().distinct().toList()) {
                steps.add(new Step("deliver " + flight, false, () -> crossing.deliver(flight)));
                if (may(Mishap.LOST)) {
                    steps.add(new Step("lose " + flight, true, () -> crossing.lose(flight)));
                }
                if (may(Mishap.REPEATED)) {
                    steps.add(new Step("deliver once of twice " + flight, true, () -> crossing.repeat(flight)));
                }
            }
            if (steps.isEmpty() && crossing.hasDeadline()) {
                steps.add(new Step("time passes", false, crossing::elapse));
            }
            return steps;
        }

        private boolean may(Mishap kind) {
            return left.filter(kind::equals).isPresent();
        }

        private String state() {
            return crossing.past() + '|' + notGiven + '|' + left;
        }
    }
}
