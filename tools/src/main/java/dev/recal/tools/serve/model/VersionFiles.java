package dev.recal.tools.serve.model;

/**
 * The files of a version at one moment.
 *
 * @param fingerprint changes with them
 * @param newest when the youngest of them was written, in milliseconds since 1970
 * @param partial the name of a file that a program is still writing, by the form of its name; empty
 *     if there is none
 */
record VersionFiles(long fingerprint, long newest, String partial) {}
