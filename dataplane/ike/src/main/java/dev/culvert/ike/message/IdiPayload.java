package dev.culvert.ike.message;

/**
 * Identification - Initiator (RFC 7296 §3.5).
 *
 * @param identification who
 * @param reserved 24 bits, see {@link IdPayload#reserved}
 */
public record IdiPayload(Identification identification, int reserved) implements IdPayload {
    public IdiPayload {
        Limits.requireUnsigned("reserved field", reserved, 0xffffff);
    }

    public IdiPayload(Identification identification) {
        this(identification, 0);
    }

    @Override
    public int typeId() {
        return PayloadType.IDI.id();
    }
}
