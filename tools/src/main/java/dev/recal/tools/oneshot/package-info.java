/** One-shot synthesis for the commands: recipes, sizes and tables. */
package dev.recal.tools.oneshot;
