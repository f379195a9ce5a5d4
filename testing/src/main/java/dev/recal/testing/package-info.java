/** The contract of modules, for the tests of libraries that bring their own. */
package dev.recal.testing;
