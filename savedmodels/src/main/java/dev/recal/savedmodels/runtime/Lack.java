package dev.recal.savedmodels.runtime;

/**
 * Something that a graph uses and a runtime does not have.
 *
 * @param operation the kind of operation
 * @param reason one phrase, for example {@code no such operation}
 * @param count how many nodes it concerns
 * @param example the name of one of them
 */
public record Lack(String operation, String reason, int count, String example) {}
