package dev.culvert.ike.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NotifyTypeTest {
    @Test
    void numbersAscendAndAreFoundAgain() {
        assertThat(Arrays.stream(NotifyType.values()).map(NotifyType::id))
                .isSorted()
                .doesNotHaveDuplicates();
        for (NotifyType type : NotifyType.values()) {
            assertThat(NotifyType.byId(type.id())).contains(type);
            assertThat(type.meaning()).isNotBlank().doesNotEndWith(".");
        }
    }

    /** The numbers that RFC 7296 §3.10.1, RFC 4555, RFC 7383, RFC 9242, RFC 9370 and RFC 9593 give. */
    @Test
    void numbersAreThoseOfTheRfcs() {
        assertThat(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD.id()).isEqualTo(1);
        assertThat(NotifyType.NO_PROPOSAL_CHOSEN.id()).isEqualTo(14);
        assertThat(NotifyType.INVALID_KE_PAYLOAD.id()).isEqualTo(17);
        assertThat(NotifyType.AUTHENTICATION_FAILED.id()).isEqualTo(24);
        assertThat(NotifyType.TS_UNACCEPTABLE.id()).isEqualTo(38);
        assertThat(NotifyType.CHILD_SA_NOT_FOUND.id()).isEqualTo(44);
        assertThat(NotifyType.INITIAL_CONTACT.id()).isEqualTo(16384);
        assertThat(NotifyType.COOKIE.id()).isEqualTo(16390);
        assertThat(NotifyType.REKEY_SA.id()).isEqualTo(16393);
        assertThat(NotifyType.MOBIKE_SUPPORTED.id()).isEqualTo(16396);
        assertThat(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED.id()).isEqualTo(16430);
        assertThat(NotifyType.SIGNATURE_HASH_ALGORITHMS.id()).isEqualTo(16431);
        assertThat(NotifyType.INTERMEDIATE_EXCHANGE_SUPPORTED.id()).isEqualTo(16438);
        assertThat(NotifyType.ADDITIONAL_KEY_EXCHANGE.id()).isEqualTo(16441);
        assertThat(NotifyType.SUPPORTED_AUTH_METHODS.id()).isEqualTo(16443);
    }

    @Test
    void errorsAreThoseBelow16384() {
        assertThat(NotifyType.REGISTRATION_FAILED.isError()).isTrue();
        assertThat(NotifyType.INITIAL_CONTACT.isError()).isFalse();
        assertThat(new NotifyPayload(0, Bytes.EMPTY, 16383, Bytes.EMPTY).isError())
                .isTrue();
        assertThat(NotifyType.nameOf(8192)).isEqualTo("notify error 8192");
        assertThat(NotifyType.nameOf(40_000)).isEqualTo("notify status 40000");
        assertThat(NotifyType.nameOf(38)).isEqualTo("TS_UNACCEPTABLE");
    }
}
