package dev.culvert.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Proposals that a resource holds: refused with {@link IllegalArgumentException} or read, printed, read the same. */
class ProposalKeywordsFuzzTest {
    @FuzzTest
    void ike(byte[] utf8) {
        readsStably(SecurityProtocol.IKE, utf8);
    }

    @FuzzTest
    void esp(byte[] utf8) {
        readsStably(SecurityProtocol.ESP, utf8);
    }

    private static void readsStably(SecurityProtocol protocol, byte[] utf8) {
        Proposal proposal;
        try {
            proposal = ProposalKeywords.parse(protocol, new String(utf8, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageContaining(" ");
            return;
        }
        assertThat(ProposalKeywords.parse(protocol, ProposalKeywords.print(proposal)))
                .isEqualTo(proposal);
    }
}
