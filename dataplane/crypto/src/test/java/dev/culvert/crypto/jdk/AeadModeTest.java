package dev.culvert.crypto.jdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.EncryptionAlgorithm;
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
        check(EncryptionAlgorithm.AES_GCM_16, key, nonce, plain, associated, sealed);
    }

    /** Of the vectors with a nonce of 11 octets in the Linux kernel's crypto/testmgr.h, for rfc4309(ccm(aes)). */
    @ParameterizedTest
    @CsvSource({
        "AES_CCM_16, 83ac5466c2ebe5052e01d1fc5d82662e, 96ac593007a1e2a2c75524,"
                + " 19c881f6e986ff930b7867e5bbb7fc6e8377b3a60c8c9f9c352eade062f991a1, '',"
                + " ab6fe1691d1999a892a0c46f7ee28bb170bb8ca64c6e978a572bbe5d98a6b132da24ead9a13998fda4bed9f21a6d22a8",
        "AES_CCM_16, 1e2c7e01419aefc00d58966e5ca24bd3, 4fa319d3015ad830601556,"
                + " 87a336fd96b39378a92863ba12a31485571e06c97b21ef767f387e8e29a43e7e,"
                + " dae6289c452dfd635eda4cb6e6fcf9b70c56cbe4e0057ae10a630978bc2c55de,"
                + " 8a1e11f0026be219fc70c46d8eb799abc54ba2acd3f348ff3bb5ce53efdebb02a986156c13feda0a22b8293dd8399a23",
        "AES_CCM_16, 56df5c8f263f0e42ef7ad3cefc846062cab440af5fc9c901, d63c8c8684b6cdef092e94,"
                + " 9fd2024b5249313c43693a2d8e70ad7ee0e54609808913b28c8bd93f86fbb56b,"
                + " 0265783ce9213091b1b9da769a786d95f28832a3f250cb4ce300736984698779,"
                + " 39df7c3c5a29b9625d51c216d8bd069f9b6a0970c15183c266881d4f9adae01ec7791158e56b20407aea46428be46fe1",
        "AES_CCM_8, e08d997160d7971abd0199d58adf713ad3df244b5e3d4b4e307ab9d8530a5e2b, 1e2991ad8ec1530acf2dbe,"
                + " e1d9d813eb3a753f9dbd5f66bedcbb66bf1799624a39271f1ddc24ae192f984c,"
                + " 19b61f57c4f3f08b782b9402290f42276b75cb9834087e79e43e490d848b2287,"
                + " 19b86133452b43966f51d020307d9bc6263df8c96516a89ff0621734f21e8d754e13ccc0c32a542d",
        "AES_CCM_12, 7cc8183b8d99e07c4541b8bd5ca7c2328ab80259a4fea92c09759a9b3c9b2739, f9d94e63b53d9d43f61e50,"
                + " 3b6c2936b6ef07a68372074fcffa66895fcab1bad58f2c2730db750993d465e4,"
                + " 57f56b8b575c3d3b1302010c834c96358ed639cf7d149b94b03936e68f57e013,"
                + " b0885a33aae5c71d8523c7c62ff41e3dcc63442507784f9e96b888ebbc481f0639af39acd84a80397b728af7"
    })
    void ccm(EncryptionAlgorithm algorithm, String key, String nonce, String plain, String associated, String sealed)
            throws GeneralSecurityException {
        check(algorithm, key, nonce, plain, associated, sealed);
    }

    private static void check(
            EncryptionAlgorithm algorithm, String key, String nonce, String plain, String associated, String sealed)
            throws GeneralSecurityException {
        AeadMode mode = AeadMode.of(algorithm);
        int saltLength = mode.saltLength();
        byte[] keyAndSalt = HEX.parseHex(key + nonce.substring(0, 2 * saltLength));
        byte[] wholeNonce = mode.nonce(keyAndSalt);
        System.arraycopy(HEX.parseHex(nonce), saltLength, wholeNonce, saltLength, AeadMode.IV_LENGTH);
        Cipher cipher = mode.cipher();
        cipher.init(Cipher.ENCRYPT_MODE, mode.key(keyAndSalt), mode.parameters(wholeNonce));
        cipher.updateAAD(HEX.parseHex(associated));
        assertThat(HEX.formatHex(cipher.doFinal(HEX.parseHex(plain)))).isEqualTo(sealed);
    }
}
