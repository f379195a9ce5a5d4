/** Writing files so that a reader sees the old content or the new one and nothing in between. */
package dev.recal.graphs.files;
