package dev.culvert.ike.sa;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.Decrypted;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.wire.WireReader;

class ReassemblerFuzzTest {
    /** Fragments in any number and order: message ID, number, total and length in two octets each, and content. */
    @FuzzTest
    void anyFragments(byte[] input) {
        Reassembler reassembler = new Reassembler();
        WireReader in = WireReader.of(input);
        while (in.hasRemaining()) {
            int messageId = in.u16();
            int total = Math.max(1, in.u16());
            int number = 1 + in.u16() % total;
            Bytes content = Bytes.of(in.bytes(Math.min(in.u16(), in.remaining())));
            IkeHeader header = IkeHeader.request(1, 2, ExchangeType.INFORMATIONAL, true, messageId);
            switch (reassembler.add(new Decrypted(header, number == 1 ? 41 : 0, number, total, content))) {
                case Reassembler.Result.Complete(Decrypted message) -> {
                    assertThat(message.isFragment()).isFalse();
                    assertThat(message.header()).isEqualTo(header);
                    assertThat(message.firstPayloadType()).isEqualTo(41);
                    assertThat(message.plaintext().length()).isLessThanOrEqualTo(Reassembler.MAX_OCTETS);
                    assertThat(reassembler.isEmpty()).isTrue();
                }
                case Reassembler.Result.Kept() ->
                    assertThat(reassembler.isEmpty()).isFalse();
                case Reassembler.Result.Refused(String reason) ->
                    assertThat(reason).startsWith("fragment");
            }
        }
    }
}
