/** What tests of layers share. */
package dev.recal.ops.testing;
