/**
 * Checks of what is published: staged artefacts, the distribution, programs that depend on both.
 */
package dev.recal.tools.release;
