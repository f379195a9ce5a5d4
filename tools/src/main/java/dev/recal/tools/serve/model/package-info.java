/** The model behind the server: its versions, their swap while requests run, and batching. */
package dev.recal.tools.serve.model;
