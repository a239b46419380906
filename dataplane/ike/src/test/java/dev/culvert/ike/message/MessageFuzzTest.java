package dev.culvert.ike.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** No datagram makes the codec throw, and what it reads it can write so that it reads the same. */
class MessageFuzzTest {
    @FuzzTest
    void datagram(byte[] datagram) {
        switch (IkeMessage.decode(datagram)) {
            case DecodeResult.Ok(IkeMessage message) ->
                assertThat(IkeMessage.decode(message.encode())).isEqualTo(new DecodeResult.Ok(message));
            case DecodeResult.Encrypted(EncryptedMessage message) ->
                assertThat(message.open(new FakeCipher())).isNotInstanceOf(OpenResult.ProtectedError.class);
            case UnprotectedError error -> assertThat(error.detail()).isNotEmpty();
        }
    }

    /** What an authenticated peer can put within SK. The first two octets choose the exchange and the first payload. */
    @FuzzTest
    void openedContent(byte[] input) {
        if (input.length < 2) {
            return;
        }
        ExchangeType[] types = ExchangeType.values();
        IkeHeader request = Messages.request(types[(input[0] & 0x7f) % types.length]);
        IkeHeader header = input[0] < 0 ? request.reply() : request;
        Bytes plaintext = Bytes.of(input, 2, input.length - 2);
        switch (IkeMessage.ofPlaintext(header, input[1] & 0xff, plaintext)) {
            case OpenResult.Ok(IkeMessage message) -> {
                byte[] sealed = message.encode(new FakeCipher());
                if (IkeMessage.decode(sealed) instanceof DecodeResult.Encrypted(EncryptedMessage again)) {
                    assertThat(again.open(new FakeCipher())).isEqualTo(new OpenResult.Ok(message));
                }
            }
            case OpenResult.ProtectedError error ->
                assertThat(error.answer().isError()).isTrue();
            case OpenResult.Fragment fragment -> throw new AssertionError(fragment.toString());
            case UnprotectedError error -> throw new AssertionError(error.toString());
        }
    }
}
