/** The server's access log. */
package dev.recal.tools.serve.log;
