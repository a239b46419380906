package dev.culvert.ike.v1;

/** Which NAT traversal both sides speak: it decides the numbers of payloads and encapsulation modes. */
public enum NatTraversal {
    /** None: no NAT is looked for, and ESP goes as it is. */
    NONE,
    /** draft-ietf-ipsec-nat-t-ike-02 and 03: payloads 130 and 131, encapsulation modes 61443 and 61444. */
    DRAFT,
    /** RFC 3947: payloads 20 and 21, encapsulation modes 3 and 4. */
    RFC
}
