package dev.recal.graphs.data.pipeline;

/** Which images an epoch holds, and in what order. */
public enum Sampling {

  /** Each image once, in an order of its own in each epoch. */
  SHUFFLED,

  /**
   * Each class as often as the others: every run of as many positions as there are classes holds
   * each of them once, in random order. The images of a class follow in random order, and are
   * repeated in another one when all were used. An epoch has as many images as with {@link
   * #SHUFFLED}, so images of frequent classes are left out of an epoch and come in another.
   */
  BALANCED
}
