/** The model behind the server: its versions, hot swap, and batching. */
package dev.recal.tools.serve.model;
