/** Trained style networks opened and called: image files in the style. */
package dev.recal.models.style;
