package dev.culvert.ike.endpoint;

import dev.culvert.wire.IpAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whom a certificate names (RFC 4945 §3.1, §5.1): a distinguished name stands in its subject, everything else in its
 * subjectAltName. No wildcards, and no names out of the subject's CN.
 */
public final class CertificateIdentity {
    private static final int RFC822_NAME = 1;
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private CertificateIdentity() {}

    public static boolean isIn(X509Certificate certificate, Identity identity) {
        return switch (identity.type()) {
            case Identity.ID_DER_ASN1_DN ->
                identity.distinguishedName().isPresent()
                        && identity.equals(Identity.dn(certificate.getSubjectX500Principal()));
            case Identity.ID_FQDN ->
                names(certificate, DNS_NAME).stream().anyMatch(name -> identity.equals(Identity.fqdn(name)));
            case Identity.ID_RFC822_ADDR ->
                names(certificate, RFC822_NAME).stream().anyMatch(name -> isSameMailbox(name, text(identity)));
            case Identity.ID_IPV4_ADDR, Identity.ID_IPV6_ADDR ->
                names(certificate, IP_ADDRESS).stream()
                        .flatMap(name -> address(name).stream())
                        .anyMatch(identity::equals);
            default -> false;
        };
    }

    /** For people. */
    public static String describe(X509Certificate certificate) {
        List<String> all = new ArrayList<>();
        String subject = certificate.getSubjectX500Principal().getName();
        if (!subject.isEmpty()) {
            all.add(subject);
        }
        for (int kind : new int[] {DNS_NAME, IP_ADDRESS, RFC822_NAME}) {
            all.addAll(names(certificate, kind));
        }
        return all.stream().limit(20).collect(Collectors.joining(" | "));
    }

    private static List<String> names(X509Certificate certificate, int kind) {
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            return all == null
                    ? List.of()
                    : all.stream()
                            .filter(name -> name.getFirst() instanceof Integer tag && tag == kind)
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    private static Optional<Identity> address(String name) {
        try {
            return Optional.of(Identity.ip(IpAddress.parse(name)));
        } catch (IllegalArgumentException constraint) {
            return Optional.empty();
        }
    }

    private static String text(Identity identity) {
        return new String(identity.data(), StandardCharsets.UTF_8);
    }

    /** The host part without regard to case, the rest exactly (RFC 5280 §7.5). */
    private static boolean isSameMailbox(String one, String other) {
        return folded(one).equals(folded(other));
    }

    private static String folded(String mailbox) {
        int at = mailbox.lastIndexOf('@');
        return mailbox.substring(0, at + 1) + mailbox.substring(at + 1).toLowerCase(Locale.ROOT);
    }
}
