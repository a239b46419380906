package dev.culvert.ike.v1.keymat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.IntegrityAlgorithm;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.PrfAlgorithm;
import dev.culvert.ike.message.Bytes;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** SKEYID and what comes from it against NIST's vectors (RFC 2409 §5). */
class NistKeysTest {
    static List<KeyLines> vectors() {
        return KeyLines.lines("nist-ikev1.txt").stream().map(KeyLines::parse).toList();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void keys(KeyLines vector) {
        PhaseOneValues values = new PhaseOneValues(
                vector.octets("cky_i").u64(0),
                vector.octets("cky_r").u64(0),
                Bytes.EMPTY,
                Bytes.EMPTY,
                vector.octets("ni"),
                vector.octets("nr"),
                Bytes.EMPTY);
        // The cipher takes no part in what is compared.
        IkeSuite suite = new IkeSuite(
                EncryptionAlgorithm.AES_CBC,
                128,
                Optional.of(IntegrityAlgorithm.HMAC_SHA2_256_128),
                PrfAlgorithm.valueOf(vector.text("hash")),
                KeyExchangeMethod.MODP_2048);
        IsakmpKeys keys = vector.has("psk")
                ? IsakmpKeys.forPreSharedKey(suite, vector.secret("psk"), vector.secret("gxy"), values)
                : IsakmpKeys.forSignatures(suite, vector.secret("gxy"), values);
        assertThat(keys.skeyid().bytes()).isEqualTo(vector.octets("skeyid").toArray());
        assertThat(keys.skeyidD().bytes()).isEqualTo(vector.octets("skeyid_d").toArray());
        assertThat(keys.skeyidA().bytes()).isEqualTo(vector.octets("skeyid_a").toArray());
        assertThat(keys.skeyidE().bytes()).isEqualTo(vector.octets("skeyid_e").toArray());
    }
}
