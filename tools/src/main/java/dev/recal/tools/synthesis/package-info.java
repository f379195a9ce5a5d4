/** Image generators for the commands: opening, exporting and calling them. */
package dev.recal.tools.synthesis;
