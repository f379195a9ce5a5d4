/** Shared fixtures of layer tests. */
package dev.recal.ops.testing;
