/**
 * Conversion of a servable graph to the protocol buffers of a SavedModel, without changing the
 * graph.
 */
package dev.recal.savedmodels.meta;
