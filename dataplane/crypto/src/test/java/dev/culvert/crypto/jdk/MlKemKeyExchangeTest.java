package dev.culvert.crypto.jdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.RandomSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Known answers of NIST (ml-kem-acvp.txt names their origin), and what has to be refused. */
final class MlKemKeyExchangeTest {
    private static final HexFormat HEX = HexFormat.of();

    /** One line: function, parameter set, values. */
    record Vector(String function, KeyExchangeMethod method, List<byte[]> values) {
        @Override
        public String toString() {
            return function + " " + method;
        }

        byte[] value(int index) {
            return values.get(index);
        }

        String name() {
            return method.name().replace("ML_KEM_", "ML-KEM-");
        }
    }

    static Stream<Vector> vectors(String function) {
        try (InputStream in = MlKemKeyExchangeTest.class.getResourceAsStream("ml-kem-acvp.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> line.startsWith(function + " "))
                    .map(line -> line.split(" ", -1))
                    .map(parts -> new Vector(
                            parts[0],
                            KeyExchangeMethod.valueOf(parts[1].replace("-", "_")),
                            Arrays.stream(parts).skip(2).map(HEX::parseHex).toList()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Vector> keyGenerations() {
        return vectors("keyGen");
    }

    static Stream<Vector> encapsulations() {
        return vectors("encapsulation");
    }

    static Stream<Vector> decapsulations() {
        return vectors("decapsulation");
    }

    @ParameterizedTest
    @MethodSource("keyGenerations")
    void initiatorsEncapsulationKey(Vector vector) {
        KeyExchange made = MlKemKeyExchange.generate(vector.method(), randomOf(vector.value(0), vector.value(1)));
        assertThat(made.publicValue())
                .isEqualTo(vector.value(2))
                .hasSize(vector.method().publicValueLength());
    }

    @ParameterizedTest
    @MethodSource("encapsulations")
    void respondersCiphertextAndSecret(Vector vector) throws InvalidPublicValueException {
        KeyExchange.Answer answer = KeyExchange.answer(vector.method(), vector.value(0), randomOf(vector.value(1)));
        assertThat(answer.value())
                .isEqualTo(vector.value(2))
                .hasSize(vector.method().answerLength());
        assertThat(answer.secret().bytes())
                .isEqualTo(vector.value(3))
                .hasSize(vector.method().secretLength());
    }

    /** Among them ciphertexts that were changed: they give the secret of implicit rejection (FIPS 203 §6.3). */
    @ParameterizedTest
    @MethodSource("decapsulations")
    void initiatorsSecret(Vector vector) throws Exception {
        PrivateKey key = KeyFactory.getInstance(vector.name()).generatePrivate(pkcs8(vector.method(), vector.value(0)));
        MlKemKeyExchange own = new MlKemKeyExchange(vector.method(), new byte[0], key);
        assertThat(own.agree(vector.value(1)).bytes()).isEqualTo(vector.value(2));
    }

    @ParameterizedTest
    @EnumSource(
            value = KeyExchangeMethod.class,
            names = {"ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"})
    void bothSidesAgree(KeyExchangeMethod method) throws InvalidPublicValueException {
        KeyExchange initiator = KeyExchange.generate(method, RandomSource.secure());
        KeyExchange.Answer responder = KeyExchange.answer(method, initiator.publicValue(), RandomSource.secure());
        assertThat(initiator.agree(responder.value()).constantTimeEquals(responder.secret()))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = KeyExchangeMethod.class,
            names = {"ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"})
    void line15_encapsulationKeyOfWrongLengthOrNotReducedIsRefused(KeyExchangeMethod method) {
        byte[] key = KeyExchange.generate(method, RandomSource.secure()).publicValue();
        for (int length : new int[] {0, 32, key.length - 1, key.length + 1}) {
            assertThatThrownBy(() -> KeyExchange.answer(method, Arrays.copyOf(key, length), RandomSource.secure()))
                    .isInstanceOf(InvalidPublicValueException.class);
        }
        // 3329 = q and 4095 in the first and in the last coefficient of the vector; two have three octets
        for (int coefficient : new int[] {3329, 4095}) {
            byte[] first = key.clone();
            first[0] = (byte) coefficient;
            first[1] = (byte) ((first[1] & 0xf0) | (coefficient >>> 8));
            byte[] last = key.clone();
            last[key.length - 34] = (byte) ((last[key.length - 34] & 0x0f) | (coefficient << 4));
            last[key.length - 33] = (byte) (coefficient >>> 4);
            for (byte[] unreduced : List.of(first, last)) {
                assertThatThrownBy(() -> KeyExchange.answer(method, unreduced, RandomSource.secure()))
                        .isInstanceOf(InvalidPublicValueException.class)
                        .hasMessageContaining("encapsulation key");
            }
        }
    }

    @Test
    void line15_ciphertextOfWrongLengthIsRefusedAndAChangedOneGivesAnotherSecret() throws InvalidPublicValueException {
        KeyExchangeMethod method = KeyExchangeMethod.ML_KEM_768;
        KeyExchange initiator = KeyExchange.generate(method, RandomSource.secure());
        KeyExchange.Answer responder = KeyExchange.answer(method, initiator.publicValue(), RandomSource.secure());
        for (int length : new int[] {0, method.answerLength() - 1, method.answerLength() + 1}) {
            assertThatThrownBy(() -> initiator.agree(Arrays.copyOf(responder.value(), length)))
                    .isInstanceOf(InvalidPublicValueException.class);
        }
        byte[] changed = responder.value().clone();
        changed[100] ^= 1;
        assertThat(initiator.agree(changed).constantTimeEquals(responder.secret()))
                .isFalse();
    }

    @Test
    void aClosedOneDoesNothing() {
        KeyExchange closed = KeyExchange.generate(KeyExchangeMethod.ML_KEM_512, RandomSource.secure());
        closed.close();
        assertThatThrownBy(() -> closed.agree(new byte[768])).isInstanceOf(IllegalStateException.class);
    }

    /** Gives these octets, in that order, and nothing else. */
    private static RandomSource randomOf(byte[]... values) {
        int[] next = {0};
        return target -> {
            byte[] value = values[next[0]++];
            assertThat(target).hasSize(value.length);
            System.arraycopy(value, 0, target, 0, value.length);
        };
    }

    /** PrivateKeyInfo of an expanded decapsulation key (RFC 9935 §6). */
    private static PKCS8EncodedKeySpec pkcs8(KeyExchangeMethod method, byte[] key) {
        int number = method.id() - 34;
        byte[] algorithm = HEX.parseHex("300b06096086480165030404" + "0" + number);
        return new PKCS8EncodedKeySpec(der(0x30, HEX.parseHex("020100"), algorithm, der(0x04, der(0x04, key))));
    }

    /** An element of more than 255 octets. */
    private static byte[] der(int tag, byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        ByteBuffer out =
                ByteBuffer.allocate(4 + length).put((byte) tag).put((byte) 0x82).putShort((short) length);
        Arrays.stream(parts).forEach(out::put);
        return out.array();
    }
}
