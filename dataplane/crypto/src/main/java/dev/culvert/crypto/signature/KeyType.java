package dev.culvert.crypto.signature;

/** The kinds of public key that IKE's signatures are made with here. */
public enum KeyType {
    RSA,
    ECDSA_P256,
    ECDSA_P384,
    ECDSA_P521,
    ED25519,
    ED448;

    boolean isEcdsa() {
        return this == ECDSA_P256 || this == ECDSA_P384 || this == ECDSA_P521;
    }
}
