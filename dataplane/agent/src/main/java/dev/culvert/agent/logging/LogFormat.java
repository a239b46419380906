package dev.culvert.agent.logging;

/** How a log line looks: for people or for machines. */
public enum LogFormat {
    TEXT,
    JSON
}
