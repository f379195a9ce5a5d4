/** Prediction of image files. */
package dev.recal.tools.predict;
