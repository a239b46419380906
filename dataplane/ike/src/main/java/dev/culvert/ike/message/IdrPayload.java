package dev.culvert.ike.message;

/**
 * Identification - Responder (RFC 7296 §3.5).
 *
 * @param identification who
 * @param reserved 24 bits, see {@link IdPayload#reserved}
 */
public record IdrPayload(Identification identification, int reserved) implements IdPayload {
    public IdrPayload {
        Limits.requireUnsigned("reserved field", reserved, 0xffffff);
    }

    public IdrPayload(Identification identification) {
        this(identification, 0);
    }

    @Override
    public int typeId() {
        return PayloadType.IDR.id();
    }
}
