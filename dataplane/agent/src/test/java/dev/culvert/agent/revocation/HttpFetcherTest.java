package dev.culvert.agent.revocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.agent.negotiator.PeerNames;
import dev.culvert.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fetching within bounds, from servers that keep none. */
class HttpFetcherTest {
    private static final int MAXIMUM = 100_000;
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final byte[] BODY = "revoked: nobody".getBytes(StandardCharsets.US_ASCII);

    /** Names of this test, and none of the host's. */
    private static final PeerNames.Lookup NAMES = name -> {
        List<IpAddress> found =
                switch (name) {
                    case "loopback.example" -> List.of(IpAddress.parse("127.0.0.1"));
                    case "metadata.example" ->
                        List.of(IpAddress.parse("192.0.2.9"), IpAddress.parse("169.254.169.254"));
                    case "nat64.example" -> List.of(IpAddress.parse("64:ff9b::7f00:1"));
                    default -> List.of();
                };
        if (found.isEmpty()) {
            throw new UnknownHostException(name);
        }
        return found;
    };

    @AutoClose
    private final HttpFetcher fetcher = new HttpFetcher(NAMES);

    private byte[] fetch(String url, Duration timeout, String... hosts) throws FetchException, InterruptedException {
        return fetcher.fetch(
                new Fetcher.Request(url, AllowedHosts.of(List.of(hosts)), Optional.empty(), MAXIMUM, timeout));
    }

    private void assertFails(String url, String why, String... hosts) {
        assertThatThrownBy(() -> fetch(url, LONG, hosts))
                .as(url)
                .isInstanceOf(FetchException.class)
                .hasMessageContaining(why);
    }

    @Test
    void getsWhatIsThere() throws Exception {
        try (TestServer server = TestServer.serving(BODY)) {
            assertThat(fetch(server.url(), LONG, server.host())).isEqualTo(BODY);
            assertThat(server.requests).containsExactly("GET /some/path?x=y HTTP/1.1");
            assertThat(fetcher.successes()).isEqualTo(1);
            assertThat(fetcher.failures()).isZero();
        }
    }

    /** As OpenSSL's responder does: HTTP/1.0, and the end of the connection is the end of the answer. */
    @Test
    void anAnswerWithoutLength() throws Exception {
        try (TestServer server = TestServer.start((line, out) -> {
            out.write("HTTP/1.0 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.write(BODY);
        })) {
            assertThat(fetch(server.url(), LONG, server.host())).isEqualTo(BODY);
        }
    }

    @Test
    void postsAnOcspRequest() throws Exception {
        try (TestServer server = TestServer.serving(BODY)) {
            fetcher.fetch(new Fetcher.Request(
                    server.url(), AllowedHosts.of(List.of(server.host())), Optional.of(BODY), MAXIMUM, LONG));
            assertThat(server.requests).containsExactly("POST /some/path?x=y HTTP/1.1");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void line28_redirectsAreNotFollowed(int status) throws Exception {
        try (TestServer elsewhere = TestServer.serving(BODY);
                TestServer server = TestServer.start((line, out) -> out.write(("HTTP/1.1 " + status
                                + " Elsewhere\r\nContent-Length: 0\r\nLocation: " + elsewhere.url() + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII)))) {
            assertFails(server.url(), "redirects are not followed (" + status + ")", server.host(), elsewhere.host());
            assertThat(elsewhere.requests).isEmpty();
        }
    }

    @Test
    void line28_aServerThatNeverEnds() throws Exception {
        AtomicInteger written = new AtomicInteger();
        try (TestServer server = TestServer.start((line, out) -> {
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (written.addAndGet(10_000) > 0) {
                out.write(new byte[10_000]);
            }
        })) {
            assertFails(server.url(), "more than 100000 octets", server.host());
        }
    }

    @Test
    void line28_aLengthBeyondAllBounds() throws Exception {
        try (TestServer server = TestServer.start((line, out) -> out.write(
                "HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))) {
            assertFails(server.url(), "more than 100000 octets", server.host());
        }
    }

    /** One octet now and then: no pause is long, and all of it is. */
    @Test
    void line28_aServerThatDrips() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        try (TestServer server = TestServer.start((line, out) -> {
            try {
                out.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                while (true) {
                    out.write('x');
                    out.flush();
                    Thread.sleep(10);
                }
            } catch (IOException e) {
                gone.countDown();
            }
        })) {
            assertThatThrownBy(() -> fetch(server.url(), Duration.ofSeconds(1), server.host()))
                    .isInstanceOf(FetchException.class)
                    .hasMessage("no whole answer within 1 s");
            gone.await();
        }
    }

    @Test
    void line28_headersThatNeverEnd() throws Exception {
        try (TestServer server = TestServer.start((line, out) -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write("X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        })) {
            assertFails(server.url(), "the answer is not HTTP", server.host());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 404 Not Found\\r\\nContent-Length: 0\\r\\n\\r\\n | the server answered 404",
                "HTTP/1.1 500 Oh\\r\\nContent-Length: 0\\r\\n\\r\\n | the server answered 500",
                "HTTP/1.1 200 OK\\r\\nContent-Length: 10\\r\\n\\r\\nhalf | the connection ended before the answer did",
                "220 mail.example ESMTP\\r\\n | the answer is not HTTP",
                "'' | the connection ended before the answer did"
            })
    void answersThatAreNone(String answer, String why) throws Exception {
        String octets = answer.replace("\\r", "\r").replace("\\n", "\n");
        try (TestServer server =
                TestServer.start((line, out) -> out.write(octets.getBytes(StandardCharsets.US_ASCII)))) {
            assertFails(server.url(), why, server.host());
        }
    }

    @Test
    void nobodyThere() throws Exception {
        String host;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            host = "127.0.0.1:" + closed.getLocalPort();
        }
        assertFails("http://" + host + "/", "refused", host);
        assertThat(fetcher.failures()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "http://elsewhere.example/, allowedHosts does not have elsewhere.example",
        "http://pki.example:8080/, allowedHosts does not have pki.example with port 8080",
        "https://other.example/, allowedHosts does not have other.example",
        "http://pki.example.evil/, allowedHosts does not have",
        "http://pki.example@127.0.0.1/, 'names no host, or somebody'",
        "http://127.0.0.1/, allowedHosts does not have 127.0.0.1",
        "http://127.1/, it names no host",
        "http://2130706433/, allowedHosts does not have",
        "http://0x7f000001/, allowedHosts does not have",
        "http://[::1]/, allowedHosts does not have ::1",
        "http://[::ffff:127.0.0.1]/, allowedHosts does not have",
        "http://169.254.169.254/latest/meta-data/, allowedHosts does not have 169.254.169.254",
        "ldap://pki.example/cn=ca, only http and https are fetched",
        "ftp://pki.example/ca.crl, only http and https are fetched",
        "file:///etc/shadow, only http and https are fetched",
        "jar:http://pki.example/a.jar!/b, only http and https are fetched",
        "//pki.example/, only http and https are fetched",
        "'http://pki.example/a b', it is not a URL",
        "'', only http and https are fetched"
    })
    void line28_whatTheListDoesNotHave(String url, String why) {
        assertFails(url, why, "pki.example");
    }

    /** The list has the name; where it leads is somebody else's doing. */
    @Test
    void line28_namesThatLeadToLoopbackAndMetadata() throws Exception {
        try (TestServer server = TestServer.serving(BODY)) {
            String port = ":" + server.port();
            for (String name : List.of("loopback.example", "metadata.example", "nat64.example")) {
                assertFails("http://" + name + port + "/", "a loopback, link-local or metadata address", name + port);
            }
            assertThat(server.requests).isEmpty();
            assertThat(fetch("http://loopback.example" + port + "/", LONG, "loopback.example" + port, server.host()))
                    .isEqualTo(BODY);
        }
    }

    @Test
    void aNameThatIsUnknown() {
        assertFails("http://nowhere.example/", "the name nowhere.example cannot be looked up", "nowhere.example");
    }

    @Test
    void aNameServerThatNeverAnswers() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (HttpFetcher waiting = new HttpFetcher(name -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(name);
        })) {
            assertThatThrownBy(() -> waiting.fetch(new Fetcher.Request(
                            "http://pki.example/",
                            AllowedHosts.of(List.of("pki.example")),
                            Optional.empty(),
                            MAXIMUM,
                            Duration.ofMillis(200))))
                    .isInstanceOf(FetchException.class)
                    .hasMessageContaining("could not be looked up in time");
        } finally {
            never.countDown();
        }
    }

    @Test
    void line28_noMoreThanEightAtATime() throws Exception {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch eight = new CountDownLatch(8);
        try (TestServer server = TestServer.start((line, out) -> {
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
            eight.countDown();
            eight.await();
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n".getBytes(StandardCharsets.US_ASCII));
            open.decrementAndGet();
            out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        })) {
            List<CompletableFuture<byte[]>> fetches = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                fetches.add(new CompletableFuture<>());
            }
            fetches.forEach(result -> Thread.ofVirtual().start(() -> {
                try {
                    result.complete(fetch(server.url(), LONG, server.host()));
                } catch (FetchException | InterruptedException e) {
                    result.completeExceptionally(e);
                }
            }));
            for (CompletableFuture<byte[]> fetch : fetches) {
                assertThat(fetch.get()).isEmpty();
            }
            assertThat(most).hasValue(8);
        }
    }

    @Test
    void addressesOfThisHostAndItsLink() {
        for (String local : List.of(
                "0.0.0.0",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.169.254",
                "100.100.100.200",
                "168.63.129.16",
                "192.0.0.192",
                "224.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::7f00:1",
                "fe80::1",
                "ff02::1",
                "fd00:ec2::254",
                "fd20:ce::254",
                "64:ff9b::a9fe:a9fe",
                "2002:7f00:1::1")) {
            assertThat(LocalAddresses.contains(IpAddress.parse(local)))
                    .as(local)
                    .isTrue();
        }
        for (String other :
                List.of("10.0.0.1", "192.0.2.1", "100.64.0.1", "2001:db8::1", "fd00::1", "64:ff9b::c000:201")) {
            assertThat(LocalAddresses.contains(IpAddress.parse(other)))
                    .as(other)
                    .isFalse();
        }
    }
}
