package dev.culvert.agent.revocation;

import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.x509.IssuedCertificate;
import java.time.Clock;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of certificates, for all tunnels. Who asks never waits: what is not known yet is found out on a virtual
 * thread, and the answer is there when the question is repeated. Memory and work are bounded; what was found holds until
 * its issuer says something newer (nextUpdate).
 */
public final class Revocations {
    private static final Logger log = LoggerFactory.getLogger(Revocations.class);
    private static final int MAX_FINDINGS = 4096;
    private static final int MAX_INQUIRIES = 64;

    private final Fetcher fetcher;
    private final RandomSource random;
    private final Clock clock;
    private final CrlCache crls = new CrlCache();
    private final Map<Question, Finding> findings = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<Question> underWay = new HashSet<>();

    private record Question(IssuedCertificate step, RevocationRules rules) {}

    public Revocations(HttpFetcher fetcher, RandomSource random, Clock clock) {
        this((Fetcher) fetcher, random, clock);
    }

    Revocations(Fetcher fetcher, RandomSource random, Clock clock) {
        this.fetcher = fetcher;
        this.random = random;
        this.clock = clock;
    }

    /** What is known; empty while it is being found out. */
    public Optional<Finding> finding(IssuedCertificate step, RevocationRules rules) {
        Question question = new Question(step, rules);
        synchronized (findings) {
            Finding known = findings.get(question);
            if (known != null && clock.instant().isBefore(known.until())) {
                return Optional.of(known);
            }
            // who finds no place asks again
            if (underWay.size() < MAX_INQUIRIES && underWay.add(question)) {
                Thread.ofVirtual().name("revocation").start(() -> find(question));
            }
        }
        return Optional.empty();
    }

    private void find(Question question) {
        Optional<Finding> found = Optional.empty();
        try {
            found = Optional.of(new Inquiry(fetcher, crls, random, clock, question.step(), question.rules()).find());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.error("finding out about a certificate failed", e);
            found = Optional.of(new Finding.Unknown(
                    "whether the certificate of " + question.step().name()
                            + " was revoked is not known: an internal error",
                    clock.instant().plus(Inquiry.RETRY)));
        } finally {
            take(question, found);
        }
    }

    private void take(Question question, Optional<Finding> found) {
        synchronized (findings) {
            underWay.remove(question);
            found.ifPresent(finding -> findings.put(question, finding));
            var eldest = findings.entrySet().iterator();
            while (findings.size() > MAX_FINDINGS && eldest.hasNext()) {
                eldest.next();
                eldest.remove();
            }
        }
    }
}
