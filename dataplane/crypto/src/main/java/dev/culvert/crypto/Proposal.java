package dev.culvert.crypto;

import java.util.List;
import java.util.Optional;

/**
 * One proposal of an SA payload: what it protects and the transforms to choose from, in the sender's order of
 * preference within each type. The proposal's number and SPI belong to the payload that carries it.
 */
public record Proposal(SecurityProtocol protocol, List<Transform> transforms) {
    public Proposal {
        transforms = List.copyOf(transforms);
    }

    /** The transforms of one type, most preferred first. */
    public List<Transform> transforms(TransformType type) {
        return transforms.stream().filter(t -> t.is(type)).toList();
    }

    /** The most preferred transform of a type. */
    public Optional<Transform> first(TransformType type) {
        return transforms.stream().filter(t -> t.is(type)).findFirst();
    }

    public boolean has(TransformType type) {
        return first(type).isPresent();
    }

    /** Without a type: the child SA of IKE_AUTH is proposed without key exchange (RFC 7296 §1.2). */
    public Proposal without(TransformType type) {
        return new Proposal(
                protocol, transforms.stream().filter(t -> !t.is(type)).toList());
    }

    /** The known key exchange methods, most preferred first. */
    public List<KeyExchangeMethod> keyExchangeMethods() {
        return transforms(TransformType.KEY_EXCHANGE).stream()
                .flatMap(t -> KeyExchangeMethod.byId(t.id()).stream())
                .toList();
    }

    /** strongSwan's keywords. */
    @Override
    public String toString() {
        return ProposalKeywords.print(this);
    }
}
