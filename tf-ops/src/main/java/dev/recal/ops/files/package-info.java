/**
 * Text files, failures of files as sentences, temporary files next to their targets, and
 * directories that are removed again after a failure.
 */
package dev.recal.ops.files;
