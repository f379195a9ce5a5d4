/** The command {@code recal}. */
package dev.recal.tools;
