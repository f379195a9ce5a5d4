/** Feature networks that the user has: as a SavedModel, or as published LPIPS weights. */
package dev.recal.models.features;
