/** Initial values of variables, as functions of a shape and a seed. */
package dev.recal.ops.initializer;
