/**
 * The compatibility lab: exports a small model of each family of networks and has every runtime
 * that TensorFlow's users have load it, each in a process of its own.
 */
package dev.recal.tools.compatibility;
