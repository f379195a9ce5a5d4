/** Recipes: network, data and training as one strict JSON file. */
package dev.recal.graphs.recipe;
