package dev.culvert.crypto.jdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

final class EcpKeyExchangeTest {
    private static final HexFormat HEX = HexFormat.of();

    /** @param i private value of the initiator; ke is what goes into the KE payload */
    record Vector(KeyExchangeMethod method, String i, String keI, String r, String keR, String secret) {}

    /** RFC 5903 sections 8.1 to 8.3. */
    static final List<Vector> RFC_5903 = List.of(
            new Vector(
                    KeyExchangeMethod.ECP_256,
                    "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
                    "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811805271a046"
                            + "1cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
                    "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53",
                    "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca"
                            + "366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
                    "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"),
            new Vector(
                    KeyExchangeMethod.ECP_384,
                    "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b5380"
                            + "41e649ee3faef896783ab194",
                    "667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808"
                            + "acb4bdb4c88732aee95f41aa9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ad"
                            + "a024181535a0f38eeb9fcff3c2c947dae69b4c634573a81c",
                    "41cb0779b4bdb85d47846725fbec3c9430fab46cc8dc5060855cc9bda0aa2942e0308312"
                            + "916b8ed2960e4bd55a7448fc",
                    "e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a"
                            + "0336def96fda41d0774a3571dcfbec7aacf3196472169e838430367f66eebe3c6e70c416"
                            + "dd5f0c68759dd1fff83fa40142209dff5eaad96db9e6386c",
                    "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d6031355"
                            + "69b9e9d09cf5d4a270f59746"),
            new Vector(
                    KeyExchangeMethod.ECP_521,
                    "0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a095aa85a3"
                            + "0fe1c2952c6771d937ba9777f5957b2639bab072462f68c27a57382d4a52",
                    "0015417e84dbf28c0ad3c278713349dc7df153c897a1891bd98bab4357c9ecbee1e3bf42"
                            + "e00b8e380aeae57c2d107564941885942af5a7f4601723c4195d176ced3e017cae20b664"
                            + "1d2eeb695786d8c946146239d099e18e1d5a514c739d7cb4a10ad8a788015ac405d7799d"
                            + "c75e7b7d5b6cf2261a6a7f1507438bf01beb6ca3926f9582",
                    "0145ba99a847af43793fdd0e872e7cdfa16be30fdc780f97bccc3f078380201e9c677d60"
                            + "0b343757a3bdbf2a3163e4c2f869cca7458aa4a4effc311f5cb151685eb9",
                    "00d0b3975ac4b799f5bea16d5e13e9af971d5e9b984c9f39728b5e5739735a219b97c356"
                            + "436adc6e95bb0352f6be64a6c2912d4ef2d0433ced2b6171640012d9460f015c68226383"
                            + "956e3bd066e797b623c27ce0eac2f551a10c2c724d9852077b87220b6536c5c408a1d2ae"
                            + "bb8e86d678ae49cb57091f4732296579ab44fcd17f0fc56a",
                    "01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04d1427e73"
                            + "ca4baa240a34786859810c06b3c715a3a8cc3151f2bee417996d19f3ddea"));

    /** RFC 7027 appendices A.1 to A.3: points on the curves of RFC 6954. */
    static final List<Vector> RFC_7027 = List.of(
            new Vector(
                    KeyExchangeMethod.BRAINPOOL_256,
                    "81db1ee100150ff2ea338d708271be38300cb54241d79950f77b063039804f1d",
                    "44106e913f92bc02a1705d9953a8414db95e1aaa49e81d9e85f929a8e3100be58ab4846f"
                            + "11caccb73ce49cbdd120f5a900a69fd32c272223f789ef10eb089bdc",
                    "55e40bc41e37e3e2ad25c3c6654511ffa8474a91a0032087593852d3e7d76bd3",
                    "8d2d688c6cf93e1160ad04cc4429117dc2c41825e1e9fca0addd34e6f1b39f7b990c5752"
                            + "0812be512641e47034832106bc7d3e8dd0e4c7f1136d7006547cec6a",
                    "89afc39d41d3b327814b80940b042590f96556ec91e6ae7939bce31f3a18bf2b"),
            new Vector(
                    KeyExchangeMethod.BRAINPOOL_384,
                    "1e20f5e048a5886f1f157c74e91bde2b98c8b52d58e5003d57053fc4b0bd65d6f15eb5d1"
                            + "ee1610df870795143627d042",
                    "68b665dd91c195800650cdd363c625f4e742e8134667b767b1b476793588f885ab698c85"
                            + "2d4a6e77a252d6380fcaf06855bc91a39c9ec01dee36017b7d673a931236d2f1f5c83942"
                            + "d049e3fa20607493e0d038ff2fd30c2ab67d15c85f7faa59",
                    "032640bc6003c59260f7250c3db58ce647f98e1260acce4acda3dd869f74e01f8ba5e032"
                            + "4309db6a9831497abac96670",
                    "4d44326f269a597a5b58bba565da5556ed7fd9a8a9eb76c25f46db69d19dc8ce6ad18e40"
                            + "4b15738b2086df37e71d1eb462d692136de56cbe93bf5fa3188ef58bc8a3a0ec6c1e151a"
                            + "21038a42e9185329b5b275903d192f8d4e1f32fe9cc78c48",
                    "0bd9d3a7ea0b3d519d09d8e48d0785fb744a6b355e6304bc51c229fbbce239bbadf64037"
                            + "15c35d4fb2a5444f575d4f42"),
            new Vector(
                    KeyExchangeMethod.BRAINPOOL_512,
                    "16302ff0dbbb5a8d733dab7141c1b45acbc8715939677f6a56850a38bd87bd59b09e8027"
                            + "9609ff333eb9d4c061231fb26f92eeb04982a5f1d1764cad57665422",
                    "0a420517e406aac0acdce90fcd71487718d3b953efd7fbec5f7f27e28c6149999397e91e"
                            + "029e06457db2d3e640668b392c2a7e737a7f0bf04436d11640fd09fd72e6882e8db28aad"
                            + "36237cd25d580db23783961c8dc52dfa2ec138ad472a0fcef3887cf62b623b2a87de5c58"
                            + "8301ea3e5fc269b373b60724f5e82a6ad147fde7",
                    "230e18e1bcc88a362fa54e4ea3902009292f7f8033624fd471b5d8ace49d12cfabbc1996"
                            + "3dab8e2f1eba00bffb29e4d72d13f2224562f405cb80503666b25429",
                    "9d45f66de5d67e2e6db6e93a59ce0bb48106097ff78a081de781cdb31fce8ccbaaea8dd4"
                            + "320c4119f1e9cd437a2eab3731fa9668ab268d871deda55a5473199f2fdc313095bcdd5f"
                            + "b3a91636f07a959c8e86b5636a1e930e8396049cb481961d365cc11453a06c719835475b"
                            + "12cb52fc3c383bce35e27ef194512b71876285fa",
                    "a7927098655f1f9976fa50a9d566865dc530331846381c87256baf3226244b76d36403c0"
                            + "24d7bbf0aa0803eaff405d3d24f11a9b5c0bef679fe1454b21c4cd1f"));

    static Stream<EcpCurve> curves() {
        return Stream.concat(RFC_5903.stream(), RFC_7027.stream()).map(vector -> EcpCurve.of(vector.method()));
    }

    @ParameterizedTest
    @FieldSource({"RFC_5903", "RFC_7027"})
    void knownAnswers(Vector vector) throws Exception {
        EcpKeyExchange i = withKey(EcpCurve.of(vector.method()), vector.i(), vector.keI());
        EcpKeyExchange r = withKey(EcpCurve.of(vector.method()), vector.r(), vector.keR());
        assertThat(HEX.formatHex(i.publicValue())).isEqualTo(vector.keI());
        assertThat(HEX.formatHex(i.agree(r.publicValue()).bytes())).isEqualTo(vector.secret());
        assertThat(HEX.formatHex(r.agree(i.publicValue()).bytes())).isEqualTo(vector.secret());
    }

    @ParameterizedTest
    @MethodSource("curves")
    void generatedValuesAgreeAndDiffer(EcpCurve curve) throws InvalidPublicValueException {
        for (int seed = 0; seed < 3; seed++) {
            EcpKeyExchange i = EcpKeyExchange.generate(curve, RandomSource.seeded(seed));
            EcpKeyExchange r = EcpKeyExchange.generate(curve, RandomSource.seeded(100 + seed));
            assertThat(i.publicValue())
                    .hasSize(curve.method().publicValueLength())
                    .isNotEqualTo(r.publicValue());
            SecretBytes secret = i.agree(r.publicValue());
            assertThat(secret.length()).isEqualTo(curve.method().secretLength());
            assertThat(secret.constantTimeEquals(r.agree(i.publicValue()))).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("curves")
    void line13_pointsOffTheCurveAreRejected(EcpCurve curve) throws InvalidPublicValueException {
        EcpKeyExchange own = EcpKeyExchange.generate(curve, RandomSource.seeded(1));
        byte[] valid = EcpKeyExchange.generate(curve, RandomSource.seeded(2)).publicValue();
        for (int i = 0; i < valid.length; i++) {
            byte[] off = valid.clone();
            off[i] ^= 1;
            assertRejected(own, off, "not on the curve");
        }
        assertRejected(own, new byte[valid.length], "not on the curve");
        byte[] ones = new byte[valid.length];
        Arrays.fill(ones, (byte) 0xff);
        assertRejected(own, ones, "not on the curve");
    }

    @ParameterizedTest
    @MethodSource("curves")
    void line13_coordinatesThatAreNotReducedAreRejected(EcpCurve curve) throws InvalidPublicValueException {
        BigInteger p = ((ECFieldFp) curve.parameters().getCurve().getField()).getP();
        EcpKeyExchange own = EcpKeyExchange.generate(curve, RandomSource.seeded(1));
        byte[] valid = EcpKeyExchange.generate(curve, RandomSource.seeded(2)).publicValue();
        int length = curve.coordinateLength();
        BigInteger x = FixedLength.parse(valid, 0, length).add(p);
        if (x.bitLength() > length * 8) {
            return;
        }
        System.arraycopy(FixedLength.bigEndian(x, length), 0, valid, 0, length);
        assertRejected(own, valid, "not on the curve");
    }

    @ParameterizedTest
    @MethodSource("curves")
    void line13_valuesOfTheWrongLengthAreRejected(EcpCurve curve) throws InvalidPublicValueException {
        EcpKeyExchange own = EcpKeyExchange.generate(curve, RandomSource.seeded(1));
        byte[] valid = EcpKeyExchange.generate(curve, RandomSource.seeded(2)).publicValue();
        for (int length = 0; length < valid.length; length++) {
            assertRejected(own, Arrays.copyOf(valid, length), "octets, not " + valid.length);
        }
        assertRejected(own, Arrays.copyOf(valid, valid.length + 1), "octets, not " + valid.length);
    }

    private static void assertRejected(EcpKeyExchange own, byte[] peer, String why) {
        assertThatThrownBy(() -> own.agree(peer))
                .isInstanceOf(InvalidPublicValueException.class)
                .hasMessageContaining(own.method().keyword())
                .hasMessageContaining(why);
    }

    private static EcpKeyExchange withKey(EcpCurve curve, String privateValue, String publicValue)
            throws GeneralSecurityException {
        byte[] xy = HEX.parseHex(publicValue);
        int length = curve.coordinateLength();
        return EcpKeyExchange.withKey(
                curve,
                curve.keyFactory()
                        .generatePrivate(new ECPrivateKeySpec(new BigInteger(privateValue, 16), curve.parameters())),
                new ECPoint(FixedLength.parse(xy, 0, length), FixedLength.parse(xy, length, length)));
    }
}
