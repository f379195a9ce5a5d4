/** Trained models as objects: opened where they lie, with what is needed to measure them. */
package dev.recal.models;
