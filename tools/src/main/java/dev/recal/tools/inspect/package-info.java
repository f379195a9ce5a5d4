/** How {@code recal inspect} shows a SavedModel. */
package dev.recal.tools.inspect;
