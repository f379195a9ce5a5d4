/** Element-wise functions. */
package dev.recal.ops.activation;
