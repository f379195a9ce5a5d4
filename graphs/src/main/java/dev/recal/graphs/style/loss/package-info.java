/** Content and style losses over the named maps of a loss network. */
package dev.recal.graphs.style.loss;
