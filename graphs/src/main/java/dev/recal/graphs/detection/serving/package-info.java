/** A trained detector as a servable graph. */
package dev.recal.graphs.detection.serving;
