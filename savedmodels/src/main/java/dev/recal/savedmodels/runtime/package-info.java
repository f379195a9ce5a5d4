/** The operations of other runtimes, and what a graph would miss there. */
package dev.recal.savedmodels.runtime;
