package dev.culvert.api.v1alpha1;

/** What carries IKE: with TCP, ESP too. */
public enum IkeTransport {
    UDP,
    TCP
}
