package dev.culvert.ike.message;

import dev.culvert.crypto.Transform;
import dev.culvert.wire.TrafficSelector;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;

/** Messages and payloads that tests start from. */
final class Messages {
    static final long SPI_I = 0x0102030405060708L;
    static final long SPI_R = 0x1112131415161718L;

    /** ENCR_AES_GCM_16 with 256 bits, PRF_HMAC_SHA2_384, Curve25519. */
    static final List<Transform> IKE_TRANSFORMS =
            List.of(new Transform(1, 20, 256), new Transform(2, 6, 0), new Transform(4, 31, 0));

    static final List<Transform> ESP_TRANSFORMS = List.of(new Transform(1, 20, 256), new Transform(5, 0, 0));
    static final SaPayload IKE_SA =
            new SaPayload(List.of(new SaProposal(1, ProtocolId.IKE, Bytes.EMPTY, IKE_TRANSFORMS)));
    static final SaPayload REKEYED_IKE_SA =
            new SaPayload(List.of(new SaProposal(1, ProtocolId.IKE, Bytes.ofLong(SPI_I), IKE_TRANSFORMS)));
    static final SaPayload ESP_SA =
            new SaPayload(List.of(new SaProposal(1, ProtocolId.ESP, Bytes.ofInt(0xc0ffee01), ESP_TRANSFORMS)));
    static final KePayload KE = new KePayload(31, Bytes.of(new byte[32]));
    static final NoncePayload NONCE = new NoncePayload(Bytes.of(new byte[32]));
    static final IdiPayload IDI = new IdiPayload(Identification.ofFqdn("west.example"));
    static final IdrPayload IDR = new IdrPayload(Identification.ofFqdn("east.example"));
    static final AuthPayload AUTH = new AuthPayload(AuthMethod.SHARED_KEY_MIC, Bytes.of(new byte[48]));
    static final TsiPayload TSI = TsPayload.initiator(List.of(TrafficSelector.parse("10.1.0.0/16")));
    static final TsrPayload TSR = TsPayload.responder(List.of(TrafficSelector.parse("10.2.0.0/16")));
    static final EapPayload EAP = new EapPayload(Bytes.ofHex("0101000501"));
    static final CpPayload CP = new CpPayload(CpPayload.CFG_REQUEST, List.of());

    private Messages() {}

    static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }

    static IkeHeader request(ExchangeType type) {
        boolean first = type == ExchangeType.IKE_SA_INIT || type == ExchangeType.IKE_SESSION_RESUME;
        return IkeHeader.request(SPI_I, first ? 0 : SPI_R, type, true, first ? 0 : 1);
    }

    static IkeHeader response(ExchangeType type) {
        return request(type).reply().withResponderSpi(SPI_R);
    }

    /** A whole IKE_SA_INIT request with a few notifies. */
    static IkeMessage initRequest() {
        return IkeMessage.of(
                request(ExchangeType.IKE_SA_INIT),
                IKE_SA,
                KE,
                NONCE,
                NotifyPayload.of(NotifyType.NAT_DETECTION_SOURCE_IP, Bytes.of(new byte[20])),
                NotifyPayload.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED));
    }

    static IkeMessage authRequest() {
        return IkeMessage.of(
                request(ExchangeType.IKE_AUTH),
                IDI,
                NotifyPayload.of(NotifyType.INITIAL_CONTACT),
                IDR,
                AUTH,
                ESP_SA,
                TSI,
                TSR);
    }

    /** A datagram in the clear whose chain begins with {@code firstType} and is {@code chain}, however wrong. */
    static byte[] datagram(IkeHeader header, int firstType, String chain) {
        byte[] body = hex(chain);
        ByteBuffer out = ByteBuffer.allocate(IkeHeader.LENGTH + body.length);
        out.put(IkeMessage.of(header).encode()).put(body);
        return out.put(16, (byte) firstType).putInt(24, out.capacity()).array();
    }

    /** The same within SK, sealed by {@link FakeCipher}. */
    static byte[] sealed(IkeHeader header, int firstType, String chain) {
        byte[] plaintext = hex(chain);
        int length = Payload.HEADER_LENGTH + new FakeCipher().sealedLength(plaintext.length);
        ByteBuffer prefix = ByteBuffer.allocate(IkeHeader.LENGTH + Payload.HEADER_LENGTH);
        prefix.put(IkeMessage.of(header).encode())
                .put((byte) firstType)
                .put((byte) 0)
                .putShort((short) length);
        prefix.put(16, (byte) PayloadType.SK.id()).putInt(24, IkeHeader.LENGTH + length);
        return new FakeCipher().seal(prefix.array(), plaintext);
    }

    /** Decodes and opens with {@link FakeCipher}. */
    static OpenResult open(byte[] datagram) {
        return switch (IkeMessage.decode(datagram)) {
            case DecodeResult.Encrypted(EncryptedMessage message) -> message.open(new FakeCipher());
            case UnprotectedError error -> error;
            case DecodeResult.Ok(IkeMessage message) -> throw new AssertionError(message + " is in the clear");
        };
    }
}
