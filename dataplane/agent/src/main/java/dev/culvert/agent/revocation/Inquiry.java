package dev.culvert.agent.revocation;

import dev.culvert.api.v1alpha1.RevocationMethod;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.x509.Crl;
import dev.culvert.crypto.x509.IssuedCertificate;
import dev.culvert.crypto.x509.OcspInquiry;
import dev.culvert.crypto.x509.RevocationStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds out about one certificate: asks one after the other until somebody knows. Blocking: for a virtual thread. */
final class Inquiry {
    /** Octets of the longest CRL that is read: some hundred thousand entries. */
    static final int MAX_CRL = 4 * 1024 * 1024;

    static final int MAX_OCSP_RESPONSE = 64 * 1024;
    static final Duration FETCH_TIMEOUT = Duration.ofSeconds(4);
    /** For all of it: less than a peer waits for the answer to its IKE_AUTH. */
    static final Duration TIMEOUT = Duration.ofSeconds(9);

    /** How soon a certificate of which nobody knew is asked for again: later than a peer's next IKE_AUTH. */
    static final Duration RETRY = Duration.ofSeconds(60);

    /** So that what was found outlives the messages that wait for it, whatever the clocks say. */
    private static final Duration SHORTEST = Duration.ofSeconds(60);

    private final Fetcher fetcher;
    private final CrlCache crls;
    private final RandomSource random;
    private final Clock clock;
    private final IssuedCertificate step;
    private final RevocationRules rules;
    private final long deadline = System.nanoTime() + TIMEOUT.toNanos();
    private final List<String> unanswered = new ArrayList<>();

    Inquiry(
            Fetcher fetcher,
            CrlCache crls,
            RandomSource random,
            Clock clock,
            IssuedCertificate step,
            RevocationRules rules) {
        this.fetcher = fetcher;
        this.crls = crls;
        this.random = random;
        this.clock = clock;
        this.step = step;
        this.rules = rules;
    }

    Finding find() throws InterruptedException {
        Optional<Finding> found = revokedByBundle();
        for (RevocationMethod method : rules.methods()) {
            if (found.isEmpty()) {
                found = switch (method) {
                    case OCSP -> byOcsp();
                    case CRL -> byCrl();
                };
            }
        }
        Instant now = clock.instant();
        return found.orElseGet(() -> new Finding.Unknown(
                "whether the certificate of " + step.name() + " was revoked is not known: "
                        + String.join("; ", unanswered),
                now.plus(RETRY)));
    }

    /** Whoever put a CRL into the bundle wants it to hold, whatever else is said. */
    private Optional<Finding> revokedByBundle() {
        if (!rules.methods().contains(RevocationMethod.CRL)) {
            return Optional.empty();
        }
        return rules.crls().stream()
                .filter(crl -> crl.isOf(step))
                .map(crl -> crl.status(step, clock.instant()))
                .filter(RevocationStatus.Revoked.class::isInstance)
                .findFirst()
                .flatMap(status -> finding(status, "the CRL in the trust bundle"));
    }

    private Optional<Finding> byOcsp() throws InterruptedException {
        List<String> urls = step.ocspUrls();
        if (urls.isEmpty()) {
            unanswered.add("it names no OCSP responder");
        }
        for (String url : urls) {
            OcspInquiry question = new OcspInquiry(step, random);
            try {
                byte[] response = fetcher.fetch(new Fetcher.Request(
                        url, rules.hosts(), Optional.of(question.request()), MAX_OCSP_RESPONSE, timeout()));
                Optional<Finding> found =
                        finding(question.status(response, clock.instant()), "the OCSP responder " + url);
                if (found.isPresent()) {
                    return found;
                }
            } catch (FetchException e) {
                unanswered.add(url + ": " + e.getMessage());
            }
        }
        return Optional.empty();
    }

    private Optional<Finding> byCrl() throws InterruptedException {
        List<String> urls = step.crlUrls();
        List<Crl> ofBundle = rules.crls().stream().filter(crl -> crl.isOf(step)).toList();
        for (Crl crl : ofBundle) {
            Optional<Finding> found = finding(crl.status(step, clock.instant()), "the CRL in the trust bundle");
            if (found.isPresent()) {
                return found;
            }
        }
        if (urls.isEmpty() && ofBundle.isEmpty()) {
            unanswered.add("it names no CRL");
        }
        for (String url : urls) {
            if (!crls.acquire(url, timeout().toNanos())) {
                unanswered.add(url + ": it takes too long");
                continue;
            }
            try {
                Optional<Finding> found = byCrl(url);
                if (found.isPresent()) {
                    return found;
                }
            } catch (FetchException e) {
                unanswered.add(url + ": " + e.getMessage());
            } finally {
                crls.release(url);
            }
        }
        return Optional.empty();
    }

    private Optional<Finding> byCrl(String url) throws FetchException, InterruptedException {
        rules.hosts().place(url);
        String source = "the CRL " + url;
        Optional<Finding> known = crls.find(url, clock.instant())
                .map(crl -> crl.status(step, clock.instant()))
                .filter(status -> !(status instanceof RevocationStatus.Undetermined))
                .flatMap(status -> finding(status, source));
        if (known.isPresent()) {
            return known;
        }
        byte[] der = fetcher.fetch(new Fetcher.Request(url, rules.hosts(), Optional.empty(), MAX_CRL, timeout()));
        Crl crl = Crl.parse(der).orElseThrow(() -> new FetchException("the answer is not a CRL in DER"));
        Optional<Finding> found = finding(crl.status(step, clock.instant()), source);
        found.ifPresent(finding -> crls.keep(url, crl, der.length, finding.until()));
        return found;
    }

    private Optional<Finding> finding(RevocationStatus status, String source) {
        return switch (status) {
            case RevocationStatus.Good(Instant until) -> Optional.of(new Finding.Good(atLeast(until)));
            case RevocationStatus.Revoked(Instant since, String reason, String authority, Instant until) ->
                Optional.of(new Finding.Revoked(
                        "the certificate of " + step.name() + " was revoked at " + since + " (" + reason + "), says "
                                + authority + " in " + source,
                        atLeast(until)));
            case RevocationStatus.Undetermined(String why) -> {
                unanswered.add(source + ": " + why);
                yield Optional.empty();
            }
        };
    }

    private Instant atLeast(Instant until) {
        Instant shortest = clock.instant().plus(SHORTEST);
        return until.isAfter(shortest) ? until : shortest;
    }

    /** For the next fetch. */
    private Duration timeout() {
        Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        return left.compareTo(FETCH_TIMEOUT) < 0 ? left : FETCH_TIMEOUT;
    }
}
