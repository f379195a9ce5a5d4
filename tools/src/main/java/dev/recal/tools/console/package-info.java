/** What every command needs: versions, errors as sentences, tables and JSON. */
package dev.recal.tools.console;
