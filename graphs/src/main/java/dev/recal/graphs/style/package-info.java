/**
 * Style transfer: networks that give images the style of another one, and such a network as a
 * servable.
 */
package dev.recal.graphs.style;
