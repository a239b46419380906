package dev.culvert.ike.v1.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.culvert.ike.message.Bytes;
import java.util.List;

/** No datagram makes the codec throw, and what it reads it can write so that it reads the same. */
class V1MessageFuzzTest {
    @FuzzTest
    void datagram(byte[] datagram) {
        switch (V1Message.decode(datagram)) {
            case V1Decoded.Ok(V1Message message) -> readsStably(message);
            case V1Decoded.Encrypted(EncryptedV1Message message) ->
                assertThat(message.ciphertext().isEmpty()).isFalse();
            case V1Decoded.Fragment(IsakmpHeader header, FragmentPayload fragment) ->
                assertThat(V1Message.decode(
                                V1Message.of(header, List.of(fragment)).encode()))
                        .isEqualTo(new V1Decoded.Fragment(header, fragment));
            case V1Problem problem -> assertThat(problem.detail()).isNotEmpty();
        }
    }

    /** What a peer, or another key, can put into an encrypted message. The first octet is the first payload's type. */
    @FuzzTest
    void openedContent(byte[] input) {
        if (input.length == 0) {
            return;
        }
        Bytes plaintext = Bytes.of(input, 1, input.length - 1);
        IsakmpHeader header = V1Messages.quickMode();
        switch (new EncryptedV1Message(header, input[0] & 0xff, Bytes.EMPTY).opened(plaintext)) {
            case V1Decoded.Ok(V1Message message) -> {
                assertThat(plaintext.startsWith(message.octets())).isTrue();
                message.octetsBehindFirst();
                message.payloads().forEach(message::body);
            }
            case V1Problem problem -> assertThat(problem.detail()).isNotEmpty();
            case V1Decoded.Encrypted encrypted -> throw new AssertionError(encrypted.toString());
            case V1Decoded.Fragment fragment -> throw new AssertionError(fragment.toString());
        }
    }

    /** Reserved octets are not kept; all else is. */
    private static void readsStably(V1Message message) {
        V1Message again = V1Message.of(message.header(), message.payloads());
        assertThat(again.octets().length()).isEqualTo(message.octets().length());
        assertThat(V1Message.decode(again.encode())).isEqualTo(new V1Decoded.Ok(again));
        message.payloads().forEach(message::body);
        assertThat(message.toString()).isNotEmpty();
    }
}
