/** Shared parts of commands: versions, error messages, tables and JSON. */
package dev.recal.tools.console;
