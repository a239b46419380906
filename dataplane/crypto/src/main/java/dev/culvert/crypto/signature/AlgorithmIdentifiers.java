package dev.culvert.crypto.signature;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The AlgorithmIdentifiers of RFC 7427 appendix A and RFC 8420 §2, whole: what comes in is looked up, not parsed, so that
 * there is nothing in it that could be read leniently.
 */
final class AlgorithmIdentifiers {
    static final String PSS = "RSASSA-PSS";

    private static final String OID_RSA_PKCS1 = "2a864886f70d0101";
    private static final String OID_RSA_PSS = "06092a864886f70d01010a";
    private static final String OID_MGF1 = "06092a864886f70d010108";
    private static final String OID_SHA2 = "06096086480165030402";
    private static final String OID_ECDSA_SHA2 = "06082a8648ce3d0403";
    private static final String NULL = "0500";

    private static final Map<SignatureAlgorithm, byte[]> SENT = new EnumMap<>(SignatureAlgorithm.class);
    private static final Map<ByteBuffer, SignatureAlgorithm> KNOWN = new HashMap<>();

    static {
        // RFC 4055 §5: the parameters MUST be NULL; RFC 5758 §3.2 and RFC 8410 §3: they MUST be absent.
        add(SignatureAlgorithm.RSA_PKCS1_SHA256, List.of(sequence("0609" + OID_RSA_PKCS1 + "0b", NULL)));
        add(SignatureAlgorithm.RSA_PKCS1_SHA384, List.of(sequence("0609" + OID_RSA_PKCS1 + "0c", NULL)));
        add(SignatureAlgorithm.RSA_PKCS1_SHA512, List.of(sequence("0609" + OID_RSA_PKCS1 + "0d", NULL)));
        add(SignatureAlgorithm.RSA_PSS_SHA256, pss("01", 32));
        add(SignatureAlgorithm.RSA_PSS_SHA384, pss("02", 48));
        add(SignatureAlgorithm.RSA_PSS_SHA512, pss("03", 64));
        add(SignatureAlgorithm.ECDSA_SHA256, List.of(sequence(OID_ECDSA_SHA2 + "02")));
        add(SignatureAlgorithm.ECDSA_SHA384, List.of(sequence(OID_ECDSA_SHA2 + "03")));
        add(SignatureAlgorithm.ECDSA_SHA512, List.of(sequence(OID_ECDSA_SHA2 + "04")));
        add(SignatureAlgorithm.ED25519, List.of(sequence("06032b6570")));
        add(SignatureAlgorithm.ED448, List.of(sequence("06032b6571")));
    }

    private AlgorithmIdentifiers() {}

    static Optional<byte[]> of(SignatureAlgorithm algorithm) {
        return Optional.ofNullable(SENT.get(algorithm)).map(byte[]::clone);
    }

    static Optional<SignatureAlgorithm> find(byte[] der) {
        return Optional.ofNullable(KNOWN.get(ByteBuffer.wrap(der)));
    }

    static Signature engine(String jcaName, SignatureHash hash) {
        try {
            Signature engine = Signature.getInstance(jcaName);
            if (jcaName.equals(PSS)) {
                engine.setParameter(
                        switch (hash) {
                            case SHA2_256 -> pss("SHA-256", MGF1ParameterSpec.SHA256, 32);
                            case SHA2_384 -> pss("SHA-384", MGF1ParameterSpec.SHA384, 48);
                            case SHA2_512 -> pss("SHA-512", MGF1ParameterSpec.SHA512, 64);
                            case SHA1, IDENTITY -> throw new IllegalArgumentException(hash + " with PSS");
                        });
            }
            return engine;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK lacks " + jcaName, e);
        }
    }

    private static PSSParameterSpec pss(String hash, MGF1ParameterSpec mgf, int saltLength) {
        return new PSSParameterSpec(hash, "MGF1", mgf, saltLength, PSSParameterSpec.TRAILER_FIELD_BC);
    }

    /**
     * RFC 4055 §3.1: peers write NULL for the hash functions' parameters or leave it out (§2.1), and RFC 7427's own
     * examples spell out the trailer field, which is the default one.
     */
    private static List<byte[]> pss(String hash, int saltLength) {
        List<byte[]> all = new ArrayList<>();
        for (String trailer : List.of("", "a303020101")) {
            for (String ofHash : List.of(NULL, "")) {
                for (String ofMgf : List.of(NULL, "")) {
                    byte[] parameters = sequence(
                            hex(explicit("a0", sequence(OID_SHA2 + hash, ofHash))),
                            hex(explicit("a1", sequence(OID_MGF1, hex(sequence(OID_SHA2 + hash, ofMgf))))),
                            hex(explicit("a2", HexFormat.of().parseHex("0201" + String.format("%02x", saltLength)))),
                            trailer);
                    all.add(sequence(OID_RSA_PSS, hex(parameters)));
                }
            }
        }
        return all;
    }

    private static void add(SignatureAlgorithm algorithm, List<byte[]> encodings) {
        SENT.put(algorithm, encodings.getFirst());
        encodings.forEach(encoding -> KNOWN.put(ByteBuffer.wrap(encoding), algorithm));
    }

    private static byte[] sequence(String... hexParts) {
        return explicit("30", HexFormat.of().parseHex(String.join("", hexParts)));
    }

    /** All of them are shorter than 128 octets, so that a length is one octet. */
    private static byte[] explicit(String tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(HexFormat.of().parseHex(tag));
        out.write(content.length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static String hex(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }
}
