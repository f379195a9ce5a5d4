/**
 * Face recognition with trained embeddings: verification of pairs, identification among
 * distractors, alignment by landmarks.
 */
package dev.recal.models.faces;
