package dev.culvert.ike.v2.auth;

import dev.culvert.crypto.signature.SignatureAlgorithm;
import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.message.AuthMethod;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The announcements of a SUPPORTED_AUTH_METHODS notify (RFC 9593 §3.2), each with a length, an authentication method and,
 * for methods with certificates, a link to an authority in CERTREQ and an AlgorithmIdentifier:
 *
 * <pre>
 * Length (2) | Auth Method
 * Length (3) | Auth Method | Cert Link
 * Length (&gt;3) | Auth Method | Cert Link | AlgorithmIdentifier
 * </pre>
 *
 * The link is 0 in ours, and not looked at in the peer's: we have one certificate for a tunnel, and no choice.
 *
 * @param methods without an AlgorithmIdentifier
 * @param algorithms of method 14
 */
public record AuthAnnouncements(Set<AuthMethod> methods, Set<SignatureAlgorithm> algorithms) {
    private static final int WITH_LINK = 3;

    public AuthAnnouncements {
        methods = Set.copyOf(methods);
        algorithms = Set.copyOf(algorithms);
    }

    /** What we accept of peers of any of these tunnels. */
    public static NotifyPayload of(Collection<AuthConfig> tunnels) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (tunnels.stream().anyMatch(auth -> auth.remote() instanceof AuthConfig.Remote.PreSharedKey)) {
            out.write(2);
            out.write(AuthMethod.SHARED_KEY_MIC.id());
        }
        if (tunnels.stream().anyMatch(auth -> auth.remote() instanceof AuthConfig.Remote.Certificate)) {
            for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
                algorithm.identifier().ifPresent(identifier -> {
                    out.write(WITH_LINK + identifier.length);
                    out.write(AuthMethod.DIGITAL_SIGNATURE.id());
                    out.write(0);
                    out.writeBytes(identifier);
                });
            }
        }
        return NotifyPayload.of(NotifyType.SUPPORTED_AUTH_METHODS, Bytes.of(out.toByteArray()));
    }

    /** Empty if a length leads nowhere, or if there is no announcement: there are more to come then (§3.1). */
    static Optional<AuthAnnouncements> parse(Bytes data) {
        Set<AuthMethod> methods = EnumSet.noneOf(AuthMethod.class);
        Set<SignatureAlgorithm> algorithms = EnumSet.noneOf(SignatureAlgorithm.class);
        int at = 0;
        while (at < data.length()) {
            int length = data.at(at);
            if (length < 2 || length > data.length() - at) {
                return Optional.empty();
            }
            Optional<AuthMethod> method = AuthMethod.byId(data.at(at + 1));
            if (length > WITH_LINK
                    && method.filter(AuthMethod.DIGITAL_SIGNATURE::equals).isPresent()) {
                byte[] identifier =
                        data.slice(at + WITH_LINK, length - WITH_LINK).toArray();
                SignatureAlgorithm.byIdentifier(identifier).ifPresent(algorithms::add);
            } else if (length <= WITH_LINK) {
                method.ifPresent(methods::add);
            }
            at += length;
        }
        return at == 0 ? Optional.empty() : Optional.of(new AuthAnnouncements(methods, algorithms));
    }

    boolean accepts(SignatureAlgorithm algorithm) {
        return algorithms.contains(algorithm);
    }
}
