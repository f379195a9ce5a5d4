/** Image files through a model. */
package dev.recal.models.predict;
