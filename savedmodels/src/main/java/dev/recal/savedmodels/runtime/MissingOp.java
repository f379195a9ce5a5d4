package dev.recal.savedmodels.runtime;

/**
 * An operation of a graph that a runtime does not support.
 *
 * @param operation the type of the operation
 * @param reason one phrase, for example {@code no such operation}
 * @param count the number of nodes
 * @param example the name of one of them
 */
public record MissingOp(String operation, String reason, int count, String example) {}
