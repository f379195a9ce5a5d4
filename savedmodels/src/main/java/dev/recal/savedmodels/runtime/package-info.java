/** What other runtimes know, and what a graph would lack there. */
package dev.recal.savedmodels.runtime;
