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

    /** Without any key exchange, additional ones included: the child SA of IKE_AUTH is proposed so (RFC 9370 §2.2.1). */
    public Proposal withoutKeyExchanges() {
        return new Proposal(
                protocol,
                transforms.stream()
                        .filter(t -> !t.is(TransformType.KEY_EXCHANGE) && !AdditionalKeyExchange.isType(t.type()))
                        .toList());
    }

    /** Whether it offers or demands additional key exchanges (RFC 9370). */
    public boolean hasAdditionalKeyExchanges() {
        return transforms.stream().anyMatch(t -> AdditionalKeyExchange.isType(t.type()));
    }

    /**
     * What is left for a peer that cannot do additional key exchanges: the same without them where NONE is a choice of each,
     * and nothing otherwise.
     */
    public Optional<Proposal> withoutAdditionalKeyExchanges() {
        for (int number = 1; number <= AdditionalKeyExchange.MOST; number++) {
            int type = AdditionalKeyExchange.type(number);
            List<Transform> ofType =
                    transforms.stream().filter(t -> t.type() == type).toList();
            if (!ofType.isEmpty() && ofType.stream().noneMatch(Transform::isNone)) {
                return Optional.empty();
            }
        }
        return Optional.of(new Proposal(
                protocol,
                transforms.stream()
                        .filter(t -> !AdditionalKeyExchange.isType(t.type()))
                        .toList()));
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
