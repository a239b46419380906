package dev.culvert.crypto;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Proposals as strongSwan writes them: keywords joined by hyphens, for example {@code aes256gcm16-prfsha384-x25519}.
 * Several keywords of a type are alternatives in order of preference.
 *
 * <p>As in strongSwan, an IKE proposal without a PRF takes the one of its integrity algorithm, and an integrity
 * algorithm beside nothing but combined-mode encryption is dropped. Unlike strongSwan, what would be ignored otherwise
 * (a PRF in ESP, ESN in IKE, a keyword twice) is an error.
 */
public final class ProposalKeywords {
    private static final int MAX_LENGTH = 512;

    private ProposalKeywords() {}

    /**
     * @throws IllegalArgumentException when the text is not a proposal that works here; the message names the keyword and
     *     what is allowed, and is fit for a user
     */
    public static Proposal parse(SecurityProtocol protocol, String text) {
        return parse(Dialect.IKEV2, protocol, text);
    }

    /**
     * The same for IKEv1, which has other algorithms: MD5 too, and only CBC, hash functions with their HMACs, and older
     * groups for itself. One that has hash functions to choose from stands for as many transforms as there are choices.
     */
    public static Proposal parseV1(SecurityProtocol protocol, String text) {
        return parse(Dialect.IKEV1, protocol, text);
    }

    private static Proposal parse(Dialect dialect, SecurityProtocol protocol, String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a proposal has " + text.length() + " characters; allowed: " + MAX_LENGTH);
        }
        String normal = text.strip().toLowerCase(Locale.ROOT);
        if (normal.isEmpty()) {
            throw new IllegalArgumentException("empty proposal; for example: " + example(dialect, protocol));
        }
        List<Transform> transforms = new ArrayList<>();
        for (String name : normal.split("-", -1)) {
            Transform transform = transform(dialect, protocol, text, name);
            if (transforms.contains(transform)) {
                throw problem(text, "keyword '" + name + "' names an algorithm a second time");
            }
            transforms.add(transform);
        }
        complete(dialect, protocol, text, transforms);
        transforms.sort(Comparator.comparingInt(Transform::type));
        return new Proposal(protocol, transforms);
    }

    /** Several proposals, most preferred first. */
    public static List<Proposal> parseAll(SecurityProtocol protocol, List<String> texts) {
        return texts.stream().map(text -> parse(protocol, text)).toList();
    }

    /** Several of IKEv1. */
    public static List<Proposal> parseAllV1(SecurityProtocol protocol, List<String> texts) {
        return texts.stream().map(text -> parseV1(protocol, text)).toList();
    }

    /**
     * The keywords of any proposal, unknown transforms with their numbers. What {@link #parse} would add by itself is left
     * out: a PRF that follows from the integrity algorithms, and no ESN.
     */
    public static String print(Proposal proposal) {
        List<Transform> prfs = proposal.transforms(TransformType.PRF);
        boolean prfImplied = prfs.equals(impliedPrfs(proposal.transforms()));
        boolean noEsn =
                proposal.transforms(TransformType.EXTENDED_SEQUENCE_NUMBERS).equals(List.of(Transform.NO_ESN));
        List<Transform> shown = new ArrayList<>(proposal.transforms());
        if (prfImplied) {
            shown.removeIf(t -> t.is(TransformType.PRF));
        }
        if (noEsn) {
            shown.removeIf(t -> t.is(TransformType.EXTENDED_SEQUENCE_NUMBERS));
        }
        shown.removeIf(t -> t.is(TransformType.INTEGRITY) && t.isNone());
        shown.sort(Comparator.comparingInt(ProposalKeywords::printOrder));
        return shown.stream().map(Keywords::print).collect(Collectors.joining("-"));
    }

    /** Several proposals, as people list them. */
    public static String print(List<Proposal> proposals) {
        return proposals.stream().map(ProposalKeywords::print).collect(Collectors.joining(", "));
    }

    /** The keywords of a proposal that deserve a warning, in the order of its transforms. */
    public static List<String> weak(Proposal proposal) {
        return proposal.transforms().stream()
                .filter(ProposalKeywords::isWeak)
                .map(Keywords::print)
                .toList();
    }

    private static boolean isWeak(Transform transform) {
        return TransformType.byId(transform.type())
                .map(type -> switch (type) {
                    case ENCRYPTION ->
                        EncryptionAlgorithm.byId(transform.id())
                                .map(EncryptionAlgorithm::isWeak)
                                .orElse(false);
                    case PRF ->
                        PrfAlgorithm.byId(transform.id())
                                .map(PrfAlgorithm::isWeak)
                                .orElse(false);
                    case INTEGRITY ->
                        IntegrityAlgorithm.byId(transform.id())
                                .map(IntegrityAlgorithm::isWeak)
                                .orElse(false);
                    case KEY_EXCHANGE,
                            ADDITIONAL_KEY_EXCHANGE_1,
                            ADDITIONAL_KEY_EXCHANGE_2,
                            ADDITIONAL_KEY_EXCHANGE_3,
                            ADDITIONAL_KEY_EXCHANGE_4,
                            ADDITIONAL_KEY_EXCHANGE_5,
                            ADDITIONAL_KEY_EXCHANGE_6,
                            ADDITIONAL_KEY_EXCHANGE_7 ->
                        KeyExchangeMethod.byId(transform.id())
                                .map(KeyExchangeMethod::isWeak)
                                .orElse(false);
                    case EXTENDED_SEQUENCE_NUMBERS -> false;
                })
                .orElse(false);
    }

    /** What a tunnel proposes that names nothing itself; nothing weak is in it. */
    public static List<Proposal> defaults(SecurityProtocol protocol) {
        return switch (protocol) {
            case IKE ->
                parseAll(
                        protocol,
                        List.of(
                                "aes256gcm16-prfsha384-x25519-ke1_mlkem768",
                                "aes256gcm16-prfsha384-x25519",
                                "aes256gcm16-aes128gcm16-prfsha384-prfsha256-x25519-ecp256-modp2048",
                                "aes256-aes128-sha256-x25519-ecp256-modp2048"));
            case ESP -> parseAll(protocol, List.of("aes256gcm16-aes128gcm16", "aes256-aes128-sha256"));
            case AH -> parseAll(protocol, List.of("sha256-sha384-sha512"));
        };
    }

    /** What a tunnel of IKEv1 proposes that names nothing itself; nothing weak is in it. */
    public static List<Proposal> defaultsV1(SecurityProtocol protocol) {
        return parseAllV1(
                protocol,
                switch (protocol) {
                    case IKE -> List.of("aes256-aes128-sha256-ecp256-modp2048");
                    case ESP -> List.of("aes256gcm16-aes128gcm16", "aes256-aes128-sha256");
                    case AH -> List.of("sha256-sha384-sha512");
                });
    }

    private static Transform transform(Dialect dialect, SecurityProtocol protocol, String text, String name) {
        if (name.isEmpty()) {
            throw problem(
                    text,
                    "empty keyword; keywords are joined by single hyphens, for example: " + example(dialect, protocol));
        }
        Keywords.Keyword keyword = Keywords.find(name).orElse(null);
        if (keyword == null) {
            if (name.matches("ke[0-9]+_.*")) {
                throw problem(
                        text,
                        "keyword '" + name + "': an additional key exchange is ke1_ to ke7_ before one of none, "
                                + String.join(", ", Keywords.supported(TransformType.KEY_EXCHANGE)));
            }
            throw problem(text, "keyword '" + name + "' is not known; allowed: " + allowed(dialect, protocol));
        }
        TransformType type = TransformType.byId(keyword.transform().type()).orElseThrow();
        boolean additional = AdditionalKeyExchange.isType(keyword.transform().type());
        if (!additional && !types(protocol).contains(type)) {
            throw problem(
                    text,
                    "keyword '" + name + "' is " + describe(type) + ", which has no place in a proposal for "
                            + protocol);
        }
        if (!keyword.supported()) {
            throw problem(
                    text,
                    "keyword '" + name + "' is " + describe(type) + " that is not supported; allowed: "
                            + String.join(
                                    ", ", allowed(dialect, protocol, additional ? TransformType.KEY_EXCHANGE : type)));
        }
        if (!dialect.has(protocol, keyword.transform())) {
            throw problem(
                    text,
                    "keyword '" + name + "' is " + describe(type) + " that " + dialect + " does not have for "
                            + protocol
                            + "; allowed: "
                            + String.join(
                                    ", ", allowed(dialect, protocol, additional ? TransformType.KEY_EXCHANGE : type)));
        }
        if (protocol == SecurityProtocol.IKE && isForEspOnly(keyword.transform())) {
            throw problem(
                    text,
                    "keyword '" + name + "' does not encrypt, which is for ESP only; allowed: "
                            + String.join(", ", allowed(dialect, protocol, type)));
        }
        if (type == TransformType.KEY_EXCHANGE && isKem(keyword.transform())) {
            throw problem(
                    text,
                    "keyword '" + name
                            + "' is too long for a first key exchange, which cannot be fragmented; allowed: as an "
                            + "additional one, such as x25519-ke1_" + name);
        }
        if (protocol == SecurityProtocol.IKE
                && !additional
                && keyword.transform().isNone()) {
            throw problem(
                    text,
                    "keyword '" + name + "': IKE needs a key exchange; allowed: "
                            + String.join(", ", allowed(dialect, protocol, type)));
        }
        return keyword.transform();
    }

    /** Adds and removes what strongSwan does, and refuses what would never be negotiated (RFC 7296 §3.3.3). */
    private static void complete(Dialect dialect, SecurityProtocol protocol, String text, List<Transform> transforms) {
        List<Transform> ciphers =
                transforms.stream().filter(t -> t.is(TransformType.ENCRYPTION)).toList();
        if (ciphers.isEmpty() && protocol != SecurityProtocol.AH) {
            throw missing(dialect, protocol, text, TransformType.ENCRYPTION);
        }
        long combined = ciphers.stream().filter(ProposalKeywords::isAead).count();
        if (combined != 0 && combined != ciphers.size()) {
            throw problem(
                    text,
                    "combined-mode encryption ("
                            + ciphers.stream()
                                    .filter(ProposalKeywords::isAead)
                                    .findFirst()
                                    .orElseThrow()
                            + ") and encryption with separate integrity ("
                            + ciphers.stream()
                                    .filter(t -> !isAead(t))
                                    .findFirst()
                                    .orElseThrow()
                            + ") need a proposal each");
        }
        requireOrder(text, transforms);
        if (protocol == SecurityProtocol.IKE) {
            if (transforms.stream().noneMatch(t -> t.is(TransformType.PRF))) {
                transforms.addAll(impliedPrfs(transforms));
            }
            if (transforms.stream().noneMatch(t -> t.is(TransformType.PRF))) {
                throw missing(dialect, protocol, text, combined == 0 ? TransformType.INTEGRITY : TransformType.PRF);
            }
            if (dialect == Dialect.IKEV1) {
                requireImpliedPrfs(text, transforms);
            }
            if (transforms.stream().noneMatch(t -> t.is(TransformType.KEY_EXCHANGE))) {
                throw missing(dialect, protocol, text, TransformType.KEY_EXCHANGE);
            }
        } else if (transforms.stream().noneMatch(t -> t.is(TransformType.EXTENDED_SEQUENCE_NUMBERS))) {
            transforms.add(Transform.NO_ESN);
        }
        if (combined != 0) {
            transforms.removeIf(t -> t.is(TransformType.INTEGRITY));
        } else if (transforms.stream().noneMatch(t -> t.is(TransformType.INTEGRITY))) {
            throw missing(dialect, protocol, text, TransformType.INTEGRITY);
        }
    }

    private static boolean isForEspOnly(Transform transform) {
        return transform.is(TransformType.ENCRYPTION)
                && EncryptionAlgorithm.byId(transform.id())
                        .map(algorithm -> !algorithm.isConfidential())
                        .orElse(false);
    }

    /** RFC 9370 §2.2.1: additional key exchanges come behind a first one that is not NONE. */
    private static void requireOrder(String text, List<Transform> transforms) {
        boolean additional = transforms.stream().anyMatch(t -> AdditionalKeyExchange.isType(t.type()) && !t.isNone());
        boolean first = transforms.stream().anyMatch(t -> t.is(TransformType.KEY_EXCHANGE))
                && transforms.stream()
                        .filter(t -> t.is(TransformType.KEY_EXCHANGE))
                        .noneMatch(Transform::isNone);
        if (additional && !first) {
            throw problem(text, "additional key exchanges need a first one before them, such as x25519-ke1_mlkem768");
        }
        Set<Integer> taken = new HashSet<>();
        for (int number = 0; number <= AdditionalKeyExchange.MOST; number++) {
            int type = number == 0 ? TransformType.KEY_EXCHANGE.id() : AdditionalKeyExchange.type(number);
            List<Transform> choices =
                    transforms.stream().filter(t -> t.type() == type).toList();
            if (choices.size() == 1
                    && !choices.getFirst().isNone()
                    && !taken.add(choices.getFirst().id())) {
                throw problem(text, "keyword '" + choices.getFirst() + "' names the same key exchange a second time");
            }
        }
    }

    private static boolean isKem(Transform keyExchange) {
        return KeyExchangeMethod.byId(keyExchange.id())
                .filter(KeyExchangeMethod::isKem)
                .isPresent();
    }

    private static boolean isAead(Transform cipher) {
        return EncryptionAlgorithm.byId(cipher.id())
                .map(EncryptionAlgorithm::isAead)
                .orElse(false);
    }

    /** RFC 2409 §4: without a negotiated PRF it is the HMAC of the hash function, and no PRF was ever given a number. */
    private static void requireImpliedPrfs(String text, List<Transform> transforms) {
        List<Transform> named =
                transforms.stream().filter(t -> t.is(TransformType.PRF)).toList();
        if (!Set.copyOf(named).equals(Set.copyOf(impliedPrfs(transforms)))) {
            throw problem(
                    text,
                    "the pseudorandom function of IKEv1 is the HMAC of the hash function; allowed: to name the hash"
                            + " function alone, for example: " + example(Dialect.IKEV1, SecurityProtocol.IKE));
        }
    }

    private static List<Transform> impliedPrfs(List<Transform> transforms) {
        return transforms.stream()
                .filter(t -> t.is(TransformType.INTEGRITY))
                .flatMap(t -> IntegrityAlgorithm.byId(t.id()).stream())
                .map(algorithm -> Transform.of(algorithm.impliedPrf()))
                .toList();
    }

    /** Encryption, integrity, PRF, key exchanges, ESN: the order in which people write them. */
    private static int printOrder(Transform transform) {
        return switch (transform.type()) {
            case 2 -> 3;
            case 3 -> 2;
            case 5 -> Byte.MAX_VALUE;
            default -> transform.type();
        };
    }

    private static List<TransformType> types(SecurityProtocol protocol) {
        return switch (protocol) {
            case IKE ->
                List.of(
                        TransformType.ENCRYPTION,
                        TransformType.INTEGRITY,
                        TransformType.PRF,
                        TransformType.KEY_EXCHANGE);
            case AH ->
                List.of(TransformType.INTEGRITY, TransformType.KEY_EXCHANGE, TransformType.EXTENDED_SEQUENCE_NUMBERS);
            case ESP ->
                List.of(
                        TransformType.ENCRYPTION,
                        TransformType.INTEGRITY,
                        TransformType.KEY_EXCHANGE,
                        TransformType.EXTENDED_SEQUENCE_NUMBERS);
        };
    }

    private static String allowed(Dialect dialect, SecurityProtocol protocol) {
        TreeSet<String> names = new TreeSet<>();
        types(protocol).forEach(type -> names.addAll(allowed(dialect, protocol, type)));
        return String.join(", ", names);
    }

    private static List<String> allowed(Dialect dialect, SecurityProtocol protocol, TransformType type) {
        List<String> names = new ArrayList<>(Keywords.supported(type));
        names.removeIf(
                name -> !dialect.has(protocol, Keywords.find(name).orElseThrow().transform()));
        if (protocol == SecurityProtocol.IKE) {
            names.remove("none");
            names.removeIf(name -> Keywords.find(name)
                    .map(keyword -> isForEspOnly(keyword.transform()))
                    .orElse(false));
        }
        return names;
    }

    private static String describe(TransformType type) {
        return switch (type) {
            case ENCRYPTION -> "an encryption algorithm";
            case PRF -> "a pseudorandom function";
            case INTEGRITY -> "an integrity algorithm";
            case KEY_EXCHANGE -> "a key exchange method";
            case ADDITIONAL_KEY_EXCHANGE_1,
                    ADDITIONAL_KEY_EXCHANGE_2,
                    ADDITIONAL_KEY_EXCHANGE_3,
                    ADDITIONAL_KEY_EXCHANGE_4,
                    ADDITIONAL_KEY_EXCHANGE_5,
                    ADDITIONAL_KEY_EXCHANGE_6,
                    ADDITIONAL_KEY_EXCHANGE_7 -> "an additional key exchange";
            case EXTENDED_SEQUENCE_NUMBERS -> "the choice of sequence numbers";
        };
    }

    private static String example(Dialect dialect, SecurityProtocol protocol) {
        boolean old = dialect == Dialect.IKEV1;
        return switch (protocol) {
            case IKE -> old ? "aes256-sha256-ecp256" : "aes256gcm16-prfsha384-x25519";
            case ESP -> old ? "aes256gcm16-ecp256" : "aes256gcm16-x25519";
            case AH -> old ? "sha256-ecp256" : "sha256-x25519";
        };
    }

    private static IllegalArgumentException missing(
            Dialect dialect, SecurityProtocol protocol, String text, TransformType type) {
        return problem(
                text, describe(type) + " is missing; allowed: " + String.join(", ", allowed(dialect, protocol, type)));
    }

    private static IllegalArgumentException problem(String text, String what) {
        return new IllegalArgumentException("proposal '" + text + "': " + what);
    }
}
