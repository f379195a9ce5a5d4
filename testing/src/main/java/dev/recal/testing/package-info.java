/** The contract of modules, for the tests of libraries with custom modules. */
package dev.recal.testing;
