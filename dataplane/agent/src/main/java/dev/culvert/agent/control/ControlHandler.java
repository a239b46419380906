package dev.culvert.agent.control;

/** Carries out what comes in on the control socket. Called on a virtual thread for each connection; may wait. */
public interface ControlHandler {
    ControlResponse handle(ControlRequest request) throws InterruptedException;
}
