/** The output of {@code recal inspect}. */
package dev.recal.tools.inspect;
