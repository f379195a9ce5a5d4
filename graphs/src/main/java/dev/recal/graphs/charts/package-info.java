/** Shared parts of charts and pictures: colours, fonts, and atomically written PNG files. */
package dev.recal.graphs.charts;
