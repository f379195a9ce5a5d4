/** The supervisor of {@code recal launch}: worker processes of one training on one machine. */
package dev.recal.tools.launch;
