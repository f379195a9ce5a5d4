/** Training and evaluating generators for the commands: recipes, progress and tables. */
package dev.recal.tools.synthesis;
