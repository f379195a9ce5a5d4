/** What commands do with a training run: find recipes, train, and print what was written. */
package dev.recal.tools.run;
