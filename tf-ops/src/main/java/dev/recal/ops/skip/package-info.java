/**
 * Modules in which one map modulates another: skip-layer excitation (SLE) and skip-layer inception
 * modulation (SLIM), and SLIM's forms inside one layer.
 */
package dev.recal.ops.skip;
