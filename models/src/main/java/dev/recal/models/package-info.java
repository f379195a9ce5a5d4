/** Trained models as objects, with the data to measure them on. */
package dev.recal.models;
