package dev.culvert.e2e.lab;

/** Something of the lab itself did not work. */
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LabException(String message) {
        super(message);
    }
}
