package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.signature.SigningKey;
import dev.culvert.testkit.certificates.TestAuthority;
import dev.culvert.testkit.certificates.TestAuthority.Credential;
import dev.culvert.testkit.certificates.TestKeys;
import dev.culvert.wire.IpAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Authentication by certificates, on one side or both:
 *
 * <pre>
 * A --&gt; B  HDR, SAi1, KEi, Ni, N(SIGNATURE_HASH_ALGORITHMS)
 * A &lt;-- B  HDR, SAr1, KEr, Nr, CERTREQ, N(SIGNATURE_HASH_ALGORITHMS), N(SUPPORTED_AUTH_METHODS)
 * A --&gt; B  HDR, SK {IDi, CERT+, N(INITIAL_CONTACT), CERTREQ, N(SUPPORTED_AUTH_METHODS), IDr, AUTH, SAi2, TSi, TSr}
 * A &lt;-- B  HDR, SK {IDr, CERT+, AUTH, SAr2, TSi, TSr}
 * </pre>
 */
class CertificateTest {
    private static final TestAuthority ROOT = TestAuthority.root("Root", "ecp256");

    private static EndpointPair pair(UnaryOperator<Tunnels> forA, UnaryOperator<Tunnels> forB) {
        return new EndpointPair(1).withTunnel(forA, forB);
    }

    /** Both with certificates of the root. */
    private static EndpointPair pair(Credential a, Credential b, Anchors trustedByA, Anchors trustedByB) {
        return pair(
                t -> t.proves(Anchors.local(a)).accepts(trustedByA.remote()),
                t -> t.proves(Anchors.local(b)).accepts(trustedByB.remote()));
    }

    /** A is turned away by B, and hears nothing but AUTHENTICATION_FAILED; B says why. */
    private static void assertRefusedByB(EndpointPair pair, String... why) {
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.installed).as(pair::journal).isEmpty();
        assertThat(pair.b.installed).isEmpty();
        assertThat(pair.b.endpoint.establishedIkeSas()).isZero();
        assertThat(pair.b.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
        assertThat(pair.b.failure().orElseThrow().message()).contains(why);
        TunnelStatus.Failure heard = pair.a.failure().orElseThrow();
        assertThat(heard.kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
        assertThat(heard.notifyName()).contains("AUTHENTICATION_FAILED");
        assertThat(heard.message())
                .endsWith("it does not accept us as a.example with this certificate, or is not b.example");
    }

    @ParameterizedTest
    @CsvSource({
        "rsa2048, rsa3072",
        "ecp256, ecp384",
        "ecp384, ecp521",
        "ecp521, ecp256",
        "ed25519, ed448",
        "ed448, ed25519"
    })
    void bothByCertificateWithEachKind(String kindOfA, String kindOfB) {
        EndpointPair pair = pair(
                ROOT.gateway("a.example", kindOfA),
                ROOT.gateway("b.example", kindOfB),
                Anchors.of(ROOT),
                Anchors.of(ROOT));
        pair.awaitUp();
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void certificateOfTheInitiatorAndKeyOfTheResponder() {
        EndpointPair pair = pair(
                t -> t.proves(Anchors.local(ROOT.gateway("a.example", "ecp256"))),
                t -> t.accepts(Anchors.of(ROOT).remote()));
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void keyOfTheInitiatorAndCertificateOfTheResponder() {
        EndpointPair pair = pair(
                t -> t.accepts(Anchors.of(ROOT).remote()),
                t -> t.proves(Anchors.local(ROOT.gateway("b.example", "rsa2048"))));
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void aKeyWhereACertificateIsExpected() {
        EndpointPair pair = pair(t -> t, t -> t.accepts(Anchors.of(ROOT).remote()));
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.b.failure().orElseThrow().message())
                .contains("authenticates by a pre-shared key, not by a certificate");
        assertThat(pair.a.installed).isEmpty();
    }

    @Test
    void aCertificateWhereAKeyIsExpected() {
        EndpointPair pair = pair(t -> t.proves(Anchors.local(ROOT.gateway("a.example", "ecp256"))), t -> t);
        // B, which has no use for certificates, does not announce RFC 7427: the older method of RFC 4754 it is
        assertRefusedByB(pair, "it authenticates by ECDSA_SHA256_P256, not by a pre-shared key");
    }

    @Test
    void intermediatesAreSent() {
        TestAuthority issuing = ROOT.intermediate("Regional", "ecp384").intermediate("Issuing", "rsa2048");
        EndpointPair pair = pair(
                issuing.gateway("a.example", "ecp256"),
                issuing.gateway("b.example", "ecp256"),
                Anchors.of(ROOT),
                Anchors.of(ROOT));
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void aMissingIntermediateIsNamed() {
        TestAuthority issuing = ROOT.intermediate("Issuing", "ecp256");
        Credential whole = issuing.gateway("a.example", "ecp256");
        Credential alone = new Credential(whole.keys(), whole.certificate(), List.of());
        assertRefusedByB(
                pair(alone, ROOT.gateway("b.example", "ecp256"), Anchors.of(ROOT), Anchors.of(ROOT)),
                "no chain leads from",
                "CN=Issuing");
    }

    @Test
    void anotherAuthority() {
        TestAuthority stranger = TestAuthority.root("Stranger", "ecp256");
        assertRefusedByB(
                pair(
                        stranger.gateway("a.example", "ecp256"),
                        ROOT.gateway("b.example", "ecp256"),
                        Anchors.of(ROOT),
                        Anchors.of(ROOT)),
                "no chain leads from",
                "CN=Stranger");
    }

    /** The same subject, the same key identifier even: only the signature tells. */
    @Test
    void anAuthorityOfTheSameName() {
        TestAuthority forged = TestAuthority.root("Root", "ecp384");
        assertRefusedByB(
                pair(
                        forged.gateway("a.example", "ecp256"),
                        ROOT.gateway("b.example", "ecp256"),
                        Anchors.of(ROOT),
                        Anchors.of(ROOT)),
                "authentication of a.example");
    }

    @Test
    void anotherAuthorityOfTheResponder() {
        TestAuthority stranger = TestAuthority.root("Stranger", "ecp256");
        EndpointPair pair = pair(
                ROOT.gateway("a.example", "ecp256"),
                stranger.gateway("b.example", "ecp256"),
                Anchors.of(ROOT),
                Anchors.of(ROOT));
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.failure().orElseThrow().message()).contains("no chain leads from", "CN=Stranger");
        assertThat(pair.a.installed).isEmpty();
        // A --> B  HDR, SK {N(AUTHENTICATION_FAILED)} ends what B thought to be up
        assertThat(pair.b.installed).isEmpty();
        assertThat(pair.b.endpoint.establishedIkeSas()).isZero();
    }

    @Test
    void expired() {
        Credential old = ROOT.issue(
                "CN=a",
                "ecp256",
                issue -> issue.dns("a.example")
                        .valid(
                                TestAuthority.NOW.minus(Duration.ofDays(10)),
                                TestAuthority.NOW.minus(Duration.ofDays(1))));
        assertRefusedByB(
                pair(old, ROOT.gateway("b.example", "ecp256"), Anchors.of(ROOT), Anchors.of(ROOT)), "is valid from");
    }

    @Test
    void line19_anIdentityThatTheCertificateDoesNotName() {
        assertRefusedByB(
                pair(
                        ROOT.gateway("other.example", "ecp256"),
                        ROOT.gateway("b.example", "ecp256"),
                        Anchors.of(ROOT),
                        Anchors.of(ROOT)),
                "its certificate does not name a.example, but",
                "other.example");
    }

    /** The name in the subject's CN is not enough, nor is a wildcard. */
    @ParameterizedTest
    @ValueSource(strings = {"*.example", "", "a.example.evil", "a.exampl"})
    void line19_namesThatAreAlmostRight(String name) {
        Credential almost = ROOT.issue("CN=a.example,O=Culvert test", "ecp256", issue -> {
            if (!name.isEmpty()) {
                issue.dns(name);
            }
        });
        assertRefusedByB(
                pair(almost, ROOT.gateway("b.example", "ecp256"), Anchors.of(ROOT), Anchors.of(ROOT)),
                "its certificate does not name a.example");
    }

    @Test
    void line17_aSignatureOfAnotherKey() {
        Credential a = ROOT.gateway("a.example", "ecp256");
        SigningKey thief =
                SigningKey.of(TestKeys.generate("ecp256").getPrivate()).orElseThrow();
        EndpointPair pair = pair(
                t -> t.proves(Anchors.local(thief, a.chain()))
                        .accepts(Anchors.of(ROOT).remote()),
                t -> t.proves(Anchors.local(ROOT.gateway("b.example", "ecp256")))
                        .accepts(Anchors.of(ROOT).remote()));
        assertRefusedByB(pair, "its signature by DIGITAL_SIGNATURE is not of its certificate's key");
    }

    @Test
    void identitiesOfEveryKind() {
        record Case(Identity identity, Credential credential) {}
        Identity dn = Identity.dn("CN=a,OU=Gateways,O=Culvert test");
        for (Case given : List.of(
                new Case(dn, ROOT.issue("O=Culvert test,OU=Gateways,CN=a", "ecp256", issue -> {})),
                new Case(
                        Identity.dn("cn=A , ou=gateways,o=culvert  TEST"),
                        ROOT.issue("O=Culvert test,OU=Gateways,CN=a", "ecp256", issue -> {})),
                new Case(
                        Identity.ip(IpAddress.parse("2001:db8::1")),
                        ROOT.issue("CN=ip", "ecp256", issue -> issue.ip("2001:db8:0::0001"))),
                new Case(
                        Identity.ip(IpAddress.parse("192.0.2.1")),
                        ROOT.issue("CN=ip", "ecp256", issue -> issue.ip("192.0.2.1"))),
                new Case(
                        Identity.email("a@example.org"),
                        ROOT.issue("CN=mail", "ecp256", issue -> issue.email("a@EXAMPLE.org"))),
                new Case(Identity.fqdn("A.example"), ROOT.gateway("a.EXAMPLE", "ecp256")))) {
            EndpointPair pair = pair(
                    t -> t.proves(Anchors.local(given.credential()))
                            .accepts(Anchors.of(ROOT).remote())
                            .identities(given.identity(), Identity.fqdn("b.example")),
                    t -> t.proves(Anchors.local(ROOT.gateway("b.example", "ecp256")))
                            .accepts(Anchors.of(ROOT).remote())
                            .identities(Identity.fqdn("b.example"), given.identity()));
            pair.awaitUp();
            pair.assertOnePair(Tunnels.CHILD);
        }
    }

    @Test
    void line29_nameConstraintsAndUsages() {
        Anchors anchors = Anchors.of(ROOT);
        TestAuthority constrained =
                ROOT.intermediate("Constrained", "ecp256", issue -> issue.permitted("allowed.example"));
        Credential b = ROOT.gateway("b.example", "ecp256");
        assertRefusedByB(
                pair(constrained.gateway("a.example", "ecp256"), b, anchors, Anchors.of(ROOT)), "is not valid");
        assertRefusedByB(
                pair(
                        ROOT.issue(
                                "CN=a",
                                "ecp256",
                                issue -> issue.dns("a.example").keyUsage(KeyUsage.keyEncipherment)),
                        b,
                        anchors,
                        Anchors.of(ROOT)),
                "key usage");
        assertRefusedByB(
                pair(
                        ROOT.issue(
                                "CN=a",
                                "ecp256",
                                issue -> issue.dns("a.example").extendedKeyUsage("1.3.6.1.5.5.7.3.3")),
                        b,
                        anchors,
                        Anchors.of(ROOT)),
                "extended key usage");
    }

    @Test
    void aPinnedCertificateNeedsNoAuthority() {
        Credential a = ROOT.gateway("a.example", "ed25519");
        Credential b = ROOT.gateway("b.example", "ed25519");
        EndpointPair pair = pair(a, b, Anchors.of(b.certificate()), Anchors.of(a.certificate()));
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
    }

    private static final String TRANSMITTED = "IKE_SA_INIT, and IKE_AUTH twice whole and once in three fragments";

    /** A judgement that takes longer: the message counts as lost, and is there again by retransmission. */
    @Test
    void undecidedAtTheResponder() {
        Anchors slow = Anchors.of(ROOT);
        slow.undecided = 2;
        EndpointPair pair =
                pair(ROOT.gateway("a.example", "ecp256"), ROOT.gateway("b.example", "ecp256"), Anchors.of(ROOT), slow);
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        pair.assertOneIkeSa();
        assertThat(slow.undecided).isZero();
        assertThat(pair.a.transmitted).as(TRANSMITTED).isEqualTo(6);
    }

    @Test
    void undecidedAtTheInitiator() {
        Anchors slow = Anchors.of(ROOT);
        slow.undecided = 2;
        EndpointPair pair =
                pair(ROOT.gateway("a.example", "ecp256"), ROOT.gateway("b.example", "ecp256"), slow, Anchors.of(ROOT));
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        pair.assertOneIkeSa();
        assertThat(slow.undecided).isZero();
        assertThat(pair.a.transmitted)
                .as("IKE_SA_INIT, and IKE_AUTH three times whole")
                .isEqualTo(4);
    }

    /** A renewed certificate leaves the SAs alone, and is used from the next authentication on. */
    @Test
    void aRenewedCertificateIsUsedForTheNextIkeSa() {
        Credential first = ROOT.gateway("a.example", "ecp256");
        Credential renewed =
                ROOT.issue("CN=a.example,O=Culvert test", TestKeys.generate("ecp384"), issue -> issue.dns("a.example"));
        Anchors ofB = Anchors.of(ROOT);
        EndpointPair pair = pair(first, ROOT.gateway("b.example", "ecp256"), Anchors.of(ROOT), ofB);
        pair.awaitUp();
        TunnelStatus.IkeSaStatus before = pair.a.status().ikeSa().orElseThrow();
        pair.a.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .proves(Anchors.local(renewed))
                .accepts(Anchors.of(ROOT).remote())
                .build()));
        pair.run(Duration.ofSeconds(60));
        assertThat(pair.a.status().ikeSa().orElseThrow()).isEqualTo(before);
        assertThat(pair.a.removals).isEmpty();
        pair.a.command(new Command.Reauthenticate(Tunnels.NAME));
        pair.run(Duration.ofSeconds(60));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.status().ikeSa().orElseThrow()).isNotEqualTo(before);
        assertThat(ofB.seen.getLast()).isEqualTo(renewed.certificate());
    }

    /** Whom the old anchors let in must show that the new ones do. */
    @Test
    void otherAnchorsReplaceTheIkeSaMakeBeforeBreak() {
        TestAuthority next = TestAuthority.root("Next", "ecp256");
        EndpointPair pair = pair(
                ROOT.gateway("a.example", "ecp256"),
                ROOT.gateway("b.example", "ecp256"),
                Anchors.of(ROOT),
                Anchors.of(ROOT));
        pair.awaitUp();
        TunnelStatus.IkeSaStatus before = pair.a.status().ikeSa().orElseThrow();
        pair.a.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .proves(Anchors.local(ROOT.gateway("a.example", "ecp256")))
                .accepts(Anchors.of(ROOT, next).remote())
                .build()));
        pair.run(Duration.ofSeconds(60));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.status().ikeSa().orElseThrow()).isNotEqualTo(before);
    }
}
