package dev.culvert.ike.v1.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.crypto.signature.SigningKey;
import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.endpoint.CertificateVerifier;
import dev.culvert.ike.endpoint.Identity;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.auth.PhaseOneAuthenticator.Check;
import dev.culvert.ike.v1.auth.PhaseOneAuthenticator.Proof;
import dev.culvert.ike.v1.keymat.CapturedSession;
import dev.culvert.ike.v1.keymat.IsakmpKeys;
import dev.culvert.ike.v1.keymat.PhaseOneValues;
import dev.culvert.ike.v1.message.CertPayload;
import dev.culvert.ike.v1.message.HashPayload;
import dev.culvert.ike.v1.message.IdPayload;
import dev.culvert.ike.v1.message.SigPayload;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.testkit.certificates.TestAuthority;
import dev.culvert.testkit.certificates.TestAuthority.Credential;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Proofs of phase 1: those that strongSwan made and believed, and ours. */
class PhaseOneAuthenticatorTest {
    private static final TestAuthority ROOT = TestAuthority.root("Root", "ecp256");
    private static final PhaseOneValues VALUES = new PhaseOneValues(
            1, 2, Bytes.utf8("g^xi"), Bytes.utf8("g^xr"), Bytes.utf8("Ni"), Bytes.utf8("Nr"), Bytes.utf8("SAi"));
    private static final IdPayload ID = IdPayload.of(Identity.ID_FQDN, Bytes.utf8("a.example"));
    private static final Bytes ID_BODY = V1Message.encode(List.of(ID)).slice(4, ID.bodyLength());
    private static final Identity IDENTITY = Identity.fqdn("a.example");

    /** Trusts whatever it is shown, and has so many authorities with names. */
    private record Trusting(int authorityCount) implements CertificateVerifier {
        @Override
        public List<Bytes> authorities() {
            return List.of();
        }

        @Override
        public List<Bytes> authorityNames() {
            return IntStream.range(0, authorityCount)
                    .mapToObj(i -> Bytes.utf8("name " + i))
                    .toList();
        }

        @Override
        public Judgement judge(List<Bytes> certificates) {
            return certificates.isEmpty()
                    ? new Judgement.Refused("it sent no certificate")
                    : new Judgement.Trusted(certificate(certificates.getFirst()));
        }
    }

    private static X509Certificate certificate(Bytes der) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der.toArray()));
        } catch (CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<CapturedSession> sessions() {
        return CapturedSession.all();
    }

    /** HASH_I and HASH_R, or SIG_I and SIG_R, as they were sent; none of them with an octet of the identity changed. */
    @ParameterizedTest
    @MethodSource("sessions")
    void strongSwansProofs(CapturedSession session) {
        IsakmpKeys keys = session.keys();
        List<V1Message> messages = new ArrayList<>(session.clearMessages());
        messages.addAll(session.openPhaseOne(keys.phaseOneChain(session.values())));
        AuthenticationMethod method = session.hasPreSharedKey()
                ? AuthenticationMethod.PRE_SHARED_KEY
                : session.toString().contains("rsa")
                        ? AuthenticationMethod.RSA_SIGNATURES
                        : AuthenticationMethod.ECDSA_256;
        PhaseOneAuthenticator authenticator = new PhaseOneAuthenticator(method, session.values(), keys);
        Set<String> names = new HashSet<>();
        Set<Boolean> roles = new HashSet<>();
        // In aggressive mode the initiator's identity comes before its proof.
        IdPayload id = null;
        IdPayload initiatorId = null;
        for (V1Message message : messages) {
            id = message.first(IdPayload.class).orElse(id);
            initiatorId = initiatorId == null ? id : initiatorId;
            for (boolean initiator : new boolean[] {true, false}) {
                IdPayload claimed = message.first(IdPayload.class).orElse(initiatorId);
                if (claimed == null) {
                    continue;
                }
                Bytes body = V1Message.encode(List.of(claimed)).slice(4, claimed.bodyLength());
                Identity identity = Identity.of(claimed.idType(), claimed.data().toArray());
                byte[] other = body.toArray();
                other[other.length - 1] ^= 1;
                Optional<Check> check = check(authenticator, initiator, body, identity, message);
                if (check.isPresent() && check.get() instanceof Check.Verified(VerifiedPeer peer)) {
                    roles.add(initiator);
                    names.add(peer.identity().toString());
                    assertThat(check(authenticator, initiator, Bytes.of(other), identity, message)
                                    .orElseThrow())
                            .isInstanceOf(Check.Failed.class);
                }
            }
        }
        assertThat(roles).containsExactlyInAnyOrder(true, false);
        assertThat(names).hasSize(2);
    }

    private static Optional<Check> check(
            PhaseOneAuthenticator authenticator, boolean initiator, Bytes body, Identity identity, V1Message message) {
        List<Bytes> certificates =
                message.all(CertPayload.class).stream().map(CertPayload::data).toList();
        return message.first(HashPayload.class)
                .map(hash -> authenticator.checkHash(initiator, body, identity, hash.data()))
                .or(() -> message.first(SigPayload.class)
                        .map(sig -> authenticator.checkSignature(
                                new Trusting(1), initiator, body, identity, certificates, sig.data())));
    }

    private static IsakmpKeys keys(String psk) {
        IkeSuite suite = IkeSuite.of(ProposalKeywords.parseV1(SecurityProtocol.IKE, "aes128-sha1-modp2048"));
        return IsakmpKeys.forPreSharedKey(suite, secret(psk), secret("g^xy"), VALUES);
    }

    private static SecretBytes secret(String text) {
        return SecretBytes.wrap(Bytes.utf8(text).toArray());
    }

    private static PhaseOneAuthenticator signing(AuthenticationMethod method) {
        IkeSuite suite = IkeSuite.of(ProposalKeywords.parseV1(SecurityProtocol.IKE, "aes128-sha1-modp2048"));
        return new PhaseOneAuthenticator(method, VALUES, IsakmpKeys.forSignatures(suite, secret("g^xy"), VALUES));
    }

    private static AuthConfig.Local.Certificate local(Credential credential) {
        return new AuthConfig.Local.Certificate(
                SigningKey.of(credential.key()).orElseThrow(),
                credential.chain().stream().map(PhaseOneAuthenticatorTest::der).toList());
    }

    private static Bytes der(X509Certificate certificate) {
        try {
            return Bytes.of(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void line17_anotherPreSharedKey() {
        AuthConfig.Local how = new AuthConfig.Local.PreSharedKey(secret("one"));
        PhaseOneAuthenticator ours =
                new PhaseOneAuthenticator(AuthenticationMethod.PRE_SHARED_KEY, VALUES, keys("one"));
        PhaseOneAuthenticator theirs =
                new PhaseOneAuthenticator(AuthenticationMethod.PRE_SHARED_KEY, VALUES, keys("other"));
        Bytes hash = ((Proof.ByHash) ours.prove(how, true, ID_BODY)).hash();
        assertThat(ours.checkHash(true, ID_BODY, IDENTITY, hash)).isInstanceOf(Check.Verified.class);
        assertThat(ours.checkHash(false, ID_BODY, IDENTITY, hash))
                .as("sent back to who made it")
                .isInstanceOf(Check.Failed.class);
        assertThat(theirs.checkHash(true, ID_BODY, IDENTITY, hash)).isInstanceOf(Check.Failed.class);
        assertThat(ours.checkHash(true, ID_BODY, IDENTITY, Bytes.EMPTY)).isInstanceOf(Check.Failed.class);
        assertThat(ours.checkHash(true, ID_BODY, IDENTITY, hash.slice(0, 10))).isInstanceOf(Check.Failed.class);
    }

    @ParameterizedTest
    @CsvSource({
        "rsa2048, RSA_SIGNATURES, 256",
        "ecp256, ECDSA_256, 64",
        "ecp384, ECDSA_384, 96",
        "ecp521, ECDSA_521, 132"
    })
    void signatures(String kind, AuthenticationMethod method, int length) {
        AuthConfig.Local.Certificate how = local(ROOT.gateway("a.example", kind));
        AuthConfig config = new AuthConfig(how, new AuthConfig.Remote.Certificate(new Trusting(1)));
        assertThat(AuthenticationMethod.of(config)).contains(method);

        Proof.BySignature proof = (Proof.BySignature) signing(method).prove(how, false, ID_BODY);
        assertThat(proof.signature().length()).isEqualTo(length);
        assertThat(proof.certificates()).isEqualTo(how.chain());
        assertThat(check(method, false, IDENTITY, proof.certificates(), proof.signature()))
                .isInstanceOf(Check.Verified.class);
        assertThat(check(method, true, IDENTITY, proof.certificates(), proof.signature()))
                .isInstanceOf(Check.Failed.class);
        assertThat(check(method, false, IDENTITY, proof.certificates(), Bytes.EMPTY))
                .isInstanceOf(Check.Failed.class);
        for (AuthenticationMethod other : AuthenticationMethod.values()) {
            if (other != method && other.isSignature() && other.isImplemented()) {
                assertThat(check(other, false, IDENTITY, proof.certificates(), proof.signature()))
                        .as("%s", other)
                        .isInstanceOf(Check.Failed.class);
            }
        }
    }

    @Test
    void line19_anIdentityThatIsNotTheCertificates() {
        AuthConfig.Local.Certificate how = local(ROOT.gateway("a.example", "ecp256"));
        Proof.BySignature proof =
                (Proof.BySignature) signing(AuthenticationMethod.ECDSA_256).prove(how, true, ID_BODY);
        assertThat(check(
                        AuthenticationMethod.ECDSA_256,
                        true,
                        Identity.fqdn("b.example"),
                        proof.certificates(),
                        proof.signature()))
                .isInstanceOfSatisfying(
                        Check.Failed.class,
                        failed -> assertThat(failed.why()).contains("does not name b.example", "a.example"));
        assertThat(check(AuthenticationMethod.ECDSA_256, true, IDENTITY, List.of(), proof.signature()))
                .isInstanceOf(Check.Failed.class);
    }

    private static Check check(
            AuthenticationMethod method, boolean initiator, Identity identity, List<Bytes> chain, Bytes signature) {
        return signing(method).checkSignature(new Trusting(1), initiator, ID_BODY, identity, chain, signature);
    }

    @ParameterizedTest
    @EnumSource(names = {"RSA_ENCRYPTION", "REVISED_RSA_ENCRYPTION", "DSS_SIGNATURES"})
    void line42_encryptionByRsaIsNotImplemented(AuthenticationMethod method) {
        assertThat(method.isImplemented()).isFalse();
        assertThatThrownBy(() -> new PhaseOneAuthenticator(method, VALUES, keys("one")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void oneMethodIsForBothSides() {
        AuthConfig.Remote certificate = new AuthConfig.Remote.Certificate(new Trusting(1));
        AuthConfig.Local psk = new AuthConfig.Local.PreSharedKey(secret("one"));
        assertThat(AuthenticationMethod.of(AuthConfig.psk(secret("one"))))
                .contains(AuthenticationMethod.PRE_SHARED_KEY);
        assertThat(AuthenticationMethod.of(new AuthConfig(psk, certificate))).isEmpty();
        assertThat(AuthenticationMethod.of(new AuthConfig(local(ROOT.gateway("a.example", "ed25519")), certificate)))
                .isEmpty();
    }

    @Test
    void authoritiesAreNamedOneByOneUnlessTheyAreMany() {
        AuthConfig.Local psk = new AuthConfig.Local.PreSharedKey(secret("one"));
        assertThat(PhaseOneAuthenticator.requestedAuthorities(List.of(AuthConfig.psk(secret("one")))))
                .isEmpty();
        assertThat(PhaseOneAuthenticator.requestedAuthorities(List.of(
                        new AuthConfig(psk, new AuthConfig.Remote.Certificate(new Trusting(1))),
                        new AuthConfig(psk, new AuthConfig.Remote.Certificate(new Trusting(2))))))
                .containsExactly(Bytes.utf8("name 0"), Bytes.utf8("name 1"));
        for (int count : new int[] {0, 200}) {
            assertThat(PhaseOneAuthenticator.requestedAuthorities(
                            List.of(new AuthConfig(psk, new AuthConfig.Remote.Certificate(new Trusting(count))))))
                    .as("%d authorities: any certificate", count)
                    .containsExactly(Bytes.EMPTY);
        }
    }
}
