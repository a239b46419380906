package dev.culvert.ike.v2.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.crypto.signature.SignatureAlgorithm;
import dev.culvert.crypto.signature.SignatureHash;
import dev.culvert.crypto.signature.SigningKey;
import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.endpoint.CertificateVerifier;
import dev.culvert.ike.message.AuthMethod;
import dev.culvert.ike.message.AuthPayload;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.CertEncoding;
import dev.culvert.ike.message.CertPayload;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.Identification;
import dev.culvert.ike.message.IdiPayload;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.sa.SaKeys;
import dev.culvert.ike.v2.keymat.IkeKeys;
import dev.culvert.testkit.certificates.TestAuthority;
import dev.culvert.testkit.certificates.TestAuthority.Credential;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which signature a peer gets, which one it may send, and the announcements of RFC 9593. */
class AuthenticatorTest {
    private static final TestAuthority ROOT = TestAuthority.root("Root", "ecp256");
    private static final IdiPayload ID = new IdiPayload(Identification.ofFqdn("a.example"));
    private static final Set<SignatureHash> MODERN =
            EnumSet.of(SignatureHash.SHA2_256, SignatureHash.SHA2_384, SignatureHash.SHA2_512, SignatureHash.IDENTITY);

    private static SignatureAuthentication with(PeerAbilities peer) {
        IkeSuite suite = IkeSuite.of(ProposalKeywords.parse(SecurityProtocol.IKE, "aes256gcm16-prfsha384-x25519"));
        byte[] nonce = new byte[32];
        IkeKeys keys = IkeKeys.initial(suite, SecretBytes.copyOf(new byte[32]), nonce, nonce, 1, 2);
        return new SignatureAuthentication(
                new Handshake(Bytes.utf8("request"), Bytes.utf8("response"), Bytes.of(nonce), Bytes.of(nonce), peer),
                new SaKeys(suite, keys, true, RandomSource.seeded(1)));
    }

    /** A peer that points to its certificate (RFC 7296 §3.6), at an address of this host: it has sent none. */
    @Test
    void line28_certificatesByHashAndUrlAreNotFetched() {
        List<List<Bytes>> judged = new ArrayList<>();
        CertificateVerifier verifier = new CertificateVerifier() {
            @Override
            public List<Bytes> authorities() {
                return List.of();
            }

            @Override
            public List<Bytes> authorityNames() {
                return List.of();
            }

            @Override
            public Judgement judge(List<Bytes> certificates) {
                judged.add(certificates);
                return new Judgement.Refused("no certificate");
            }
        };
        IkeSuite suite = IkeSuite.of(ProposalKeywords.parse(SecurityProtocol.IKE, "aes256gcm16-prfsha384-x25519"));
        byte[] nonce = new byte[32];
        IkeKeys keys = IkeKeys.initial(suite, SecretBytes.copyOf(new byte[32]), nonce, nonce, 1, 2);
        Authenticator authenticator = new Authenticator(
                new Handshake(
                        Bytes.utf8("request"),
                        Bytes.utf8("response"),
                        Bytes.of(nonce),
                        Bytes.of(nonce),
                        abilities(MODERN)),
                new SaKeys(suite, keys, true, RandomSource.seeded(1)));
        Bytes pointer = Bytes.utf8("12345678901234567890http://127.0.0.1/certificate");
        IkeMessage message = new IkeMessage(
                IkeHeader.request(1, 2, ExchangeType.IKE_AUTH, true, 1),
                List.of(
                        ID,
                        new CertPayload(CertEncoding.HASH_AND_URL_OF_X509.id(), pointer),
                        new CertPayload(CertEncoding.HASH_AND_URL_OF_X509_BUNDLE.id(), pointer),
                        new AuthPayload(AuthMethod.DIGITAL_SIGNATURE, Bytes.utf8("signature"))));
        assertThat(authenticator.check(new AuthConfig.Remote.Certificate(verifier), true, ID, message))
                .isInstanceOf(Authenticator.Check.Failed.class);
        assertThat(judged).containsExactly(List.of());
    }

    private static SigningKey key(Credential credential) {
        return SigningKey.of(credential.key()).orElseThrow();
    }

    private static PeerAbilities abilities(Set<SignatureHash> hashes, SignatureAlgorithm... announced) {
        return new PeerAbilities(
                hashes,
                announced.length == 0
                        ? Optional.empty()
                        : Optional.of(new AuthAnnouncements(Set.of(), Set.of(announced))));
    }

    @ParameterizedTest
    @CsvSource({
        "rsa2048, RSA_DIGITAL_SIGNATURE",
        "ecp256, ECDSA_SHA256_P256",
        "ecp384, ECDSA_SHA384_P384",
        "ecp521, ECDSA_SHA512_P521"
    })
    void aPeerWithoutRfc7427GetsTheOlderMethods(String kind, AuthMethod method) {
        Credential credential = ROOT.gateway("a.example", kind);
        SignatureAuthentication old = with(PeerAbilities.NONE);
        AuthPayload auth =
                old.sign(key(credential), PeerAbilities.NONE, true, ID).orElseThrow();
        assertThat(auth.method()).contains(method);
        assertThat(old.verify(credential.certificate(), true, ID, auth)).isPresent();
        assertThat(old.verify(credential.certificate(), false, ID, auth)).isEmpty();
        assertThat(old.verify(ROOT.gateway("b.example", kind).certificate(), true, ID, auth))
                .isEmpty();
        // SHA-1 is over once a peer announces better ones
        assertThat(with(abilities(MODERN))
                        .verify(credential.certificate(), true, ID, auth)
                        .isPresent())
                .isEqualTo(method != AuthMethod.RSA_DIGITAL_SIGNATURE);
    }

    @ParameterizedTest
    @CsvSource({"ed25519", "ed448"})
    void edwardsCurvesNeedRfc7427AndItsIdentityHash(String kind) {
        SigningKey key = key(ROOT.gateway("a.example", kind));
        assertThat(with(PeerAbilities.NONE).sign(key, PeerAbilities.NONE, true, ID))
                .isEmpty();
        assertThat(with(PeerAbilities.NONE).sign(key, abilities(EnumSet.of(SignatureHash.SHA2_256)), true, ID))
                .isEmpty();
        assertThat(with(PeerAbilities.NONE).sign(key, abilities(MODERN), true, ID))
                .isPresent();
    }

    @Test
    void theHashIsOneThatThePeerHas() {
        SigningKey key = key(ROOT.gateway("a.example", "rsa2048"));
        assertThat(abilities(MODERN).choose(key).orElseThrow().algorithm())
                .isEqualTo(SignatureAlgorithm.RSA_PSS_SHA256);
        assertThat(abilities(EnumSet.of(SignatureHash.SHA2_512))
                        .choose(key)
                        .orElseThrow()
                        .algorithm())
                .isEqualTo(SignatureAlgorithm.RSA_PSS_SHA512);
        assertThat(abilities(EnumSet.of(SignatureHash.SHA1)).choose(key))
                .as("we do not sign with SHA-1 for those who could do better")
                .isEmpty();
    }

    @Test
    void rfc9593_anAnnouncedAlgorithmGoesFirst() {
        SigningKey key = key(ROOT.gateway("a.example", "rsa2048"));
        assertThat(abilities(MODERN, SignatureAlgorithm.RSA_PKCS1_SHA384)
                        .choose(key)
                        .orElseThrow()
                        .algorithm())
                .isEqualTo(SignatureAlgorithm.RSA_PKCS1_SHA384);
        assertThat(abilities(MODERN, SignatureAlgorithm.ED25519)
                        .choose(key)
                        .orElseThrow()
                        .algorithm())
                .isEqualTo(SignatureAlgorithm.RSA_PSS_SHA256);
    }

    /** RFC 9593 §3.2: two octets for a shared key, and for signatures length, 14, link, AlgorithmIdentifier. */
    @Test
    void rfc9593_announcements() {
        AuthConfig psk = AuthConfig.psk(SecretBytes.copyOf(new byte[20]));
        assertThat(AuthAnnouncements.of(List.of(psk)).data().toHex()).isEqualTo("0202");
        AuthAnnouncements read = AuthAnnouncements.parse(Bytes.ofHex("0202" + "030900" + "0a0e00" + "300506032b6570"
                        + "0405ffff" + "0f0e01" + "300a06082a8648ce3d040302"))
                .orElseThrow();
        assertThat(read.methods()).containsExactlyInAnyOrder(AuthMethod.SHARED_KEY_MIC, AuthMethod.ECDSA_SHA256_P256);
        assertThat(read.algorithms())
                .containsExactlyInAnyOrder(SignatureAlgorithm.ED25519, SignatureAlgorithm.ECDSA_SHA256);
        for (String broken : new String[] {"", "00", "01", "0102", "03", "0302", "020205"}) {
            assertThat(AuthAnnouncements.parse(Bytes.ofHex(broken))).as(broken).isEmpty();
        }
    }

    @Test
    void ourHashesAreAnnouncedWithoutSha1() {
        NotifyPayload notify = PeerAbilities.hashAlgorithms();
        assertThat(notify.data().toHex()).isEqualTo("0002000300040005");
    }

    /** Whatever stands in AUTH, the answer is no and nothing is thrown. */
    @ParameterizedTest
    @CsvSource({
        "14, ''",
        "14, 00",
        "14, ff",
        "14, 07300506032b6570",
        "14, 0a300506032b65700000",
        "1, ''",
        "9, ''",
        "9, 00",
        "2, 00112233",
        "3, 00",
        "13, 00",
        "255, 00"
    })
    void line17_authPayloadsThatAreNone(int method, String hex) {
        for (String kind : new String[] {"rsa2048", "ecp256", "ed25519"}) {
            Credential credential = ROOT.gateway("a.example", kind);
            AuthPayload auth = new AuthPayload(method, Bytes.ofHex(hex));
            assertThat(with(PeerAbilities.NONE).verify(credential.certificate(), true, ID, auth))
                    .isEmpty();
        }
    }
}
