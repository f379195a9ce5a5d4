/** What the pictures of this library share: colours, fonts, and PNG files written whole. */
package dev.recal.graphs.charts;
