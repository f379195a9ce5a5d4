/** What commands do with a training run: train, measure, export. */
package dev.recal.tools.run;
