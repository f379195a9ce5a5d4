/** Text files, and the failures of files as sentences. */
package dev.recal.ops.files;
