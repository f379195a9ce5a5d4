/** The subcommands: each reads its arguments, calls a library and prints. */
package dev.recal.tools.command;
