/** From a servable graph to the protocol buffers of a SavedModel, without touching the graph. */
package dev.recal.savedmodels.meta;
