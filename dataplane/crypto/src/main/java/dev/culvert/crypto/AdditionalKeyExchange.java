package dev.culvert.crypto;

/**
 * A key exchange behind the first one (RFC 9370 §2.2.1).
 *
 * @param number 1 to 7: its place among the transform types Additional Key Exchange 1 to 7, in whose order they happen
 */
public record AdditionalKeyExchange(int number, KeyExchangeMethod method) {
    /** How many there may be. */
    public static final int MOST = 7;

    /** Transform type of the first. */
    private static final int FIRST_TYPE = 6;

    public AdditionalKeyExchange {
        if (number < 1 || number > MOST) {
            throw new IllegalArgumentException("additional key exchange " + number + " is not in 1 to " + MOST);
        }
    }

    /** The transform type of an additional key exchange: 6 to 12. */
    public static int type(int number) {
        return FIRST_TYPE - 1 + number;
    }

    /** Its number by the transform type. */
    public static int number(int type) {
        return type - FIRST_TYPE + 1;
    }

    public static boolean isType(int type) {
        return type >= FIRST_TYPE && type < FIRST_TYPE + MOST;
    }

    public Transform transform() {
        return new Transform(type(number), method.id(), 0);
    }
}
