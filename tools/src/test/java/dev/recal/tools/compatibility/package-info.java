/**
 * The compatibility lab: exports a small model of each family of networks and has every runtime in
 * use load it, each in a separate process.
 */
package dev.recal.tools.compatibility;
