/** Output of {@code recal predict}. */
package dev.recal.tools.predict;
