/** The contract that every registered module keeps, as tests that any provider's tests extend. */
package dev.recal.testing;
