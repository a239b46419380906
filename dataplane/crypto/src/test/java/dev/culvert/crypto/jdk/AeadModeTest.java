package dev.culvert.crypto.jdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Cipher;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The combined modes as such: key, nonce and associated data of any length. */
final class AeadModeTest {
    private static final HexFormat HEX = HexFormat.of();

    /** NIST CAVP, gcmEncryptExtIV128/192/256.rsp: IVlen 96, PTlen 128, AADlen 128, Taglen 128, count 0. */
    @ParameterizedTest
    @CsvSource({
        "c939cc13397c1d37de6ae0e1cb7c423c, b3d8cc017cbb89b39e0f67e2, c3b3c41f113a31b73d9a5cd432103069,"
                + " 24825602bd12a984e0092d3e448eda5f, 93fe7d9e9bfd10348a5606e5cafa73540032a1dc85f1c9786925a2e71d8272dd",
        "6f44f52c2f62dae4e8684bd2bc7d16ee7c557330305a790d, 9ae35825d7c7edc9a39a0732, 37222d30895eb95884bbbbaee4d9cae1,"
                + " 1b4236b846fc2a0f782881ba48a067e9, a54b5da33fc1196a8ef31a5321bfcaeb1c198086450ae1834dd6c2636796bce2",
        "92e11dcdaa866f5ce790fd24501f92509aacf4cb8b1339d50c9c1240935dd08b, ac93a1a6145299bde902f21a,"
                + " 2d71bcfa914e4ac045b2aa60955fad24, 1e0889016f67601c8ebea4943bc23ad6,"
                + " 8995ae2e6df3dbf96fac7b7137bae67feca5aa77d51d4a0a14d9c51e1da474ab"
    })
    void gcm(String key, String nonce, String plain, String associated, String sealed) throws GeneralSecurityException {
        byte[] keyAndSalt = HEX.parseHex(key + nonce.substring(0, 8));
        byte[] wholeNonce = AeadMode.nonce(keyAndSalt);
        System.arraycopy(HEX.parseHex(nonce), 4, wholeNonce, 4, 8);
        Cipher cipher = AeadMode.AES_GCM.cipher();
        cipher.init(Cipher.ENCRYPT_MODE, AeadMode.AES_GCM.key(keyAndSalt), AeadMode.AES_GCM.parameters(wholeNonce));
        cipher.updateAAD(HEX.parseHex(associated));
        assertThat(HEX.formatHex(cipher.doFinal(HEX.parseHex(plain)))).isEqualTo(sealed);
    }
}
