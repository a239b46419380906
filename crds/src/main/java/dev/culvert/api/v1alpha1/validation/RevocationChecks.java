package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.CertificateSource;
import dev.culvert.api.v1alpha1.Revocation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a tunnel says of revocation. */
final class RevocationChecks {
    private static final String PATH = "spec.authentication.certificate.revocation";

    private RevocationChecks() {}

    static List<Problem> of(@Nullable CertificateSource source) {
        if (source == null || source.revocation() == null) {
            return List.of();
        }
        Revocation revocation = source.revocation();
        List<Problem> problems = new ArrayList<>();
        if (revocation.isOn() && source.trustBundleRef() == null) {
            problems.add(Problem.invalid(
                    PATH, "is looked at for the peer's certificates, and there is no trustBundleRef", null));
        }
        for (int i = 0; i < revocation.allowedHosts().size(); i++) {
            try {
                AllowedHost.parse(revocation.allowedHosts().get(i));
            } catch (IllegalArgumentException e) {
                problems.add(Problem.invalid(
                        PATH + ".allowedHosts[" + i + "]",
                        String.valueOf(e.getMessage()),
                        "a domain name or an address, as pki.example, pki.example:8080, 192.0.2.1 or [2001:db8::1]"));
            }
        }
        return problems;
    }
}
