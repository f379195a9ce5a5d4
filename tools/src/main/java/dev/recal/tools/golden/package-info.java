/** Checks layers against reference values that other code computed. */
package dev.recal.tools.golden;
