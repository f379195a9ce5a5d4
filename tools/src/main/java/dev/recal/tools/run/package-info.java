/** Training, evaluation and export of runs. */
package dev.recal.tools.run;
