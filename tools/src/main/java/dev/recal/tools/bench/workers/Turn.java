package dev.recal.tools.bench.workers;

import dev.recal.ops.collective.GradientExchange;
import java.util.Optional;

/** What all workers do at the same time, to be measured. */
public enum Turn {
  /** One number: the latency of a collective. */
  NUMBER("one number", Kind.FLOOR, null),
  /** The bytes of the gradients as one vector that is in memory. */
  VECTOR("one vector in memory", Kind.FLOOR, null),
  /** The bytes of the gradients as vectors of the size of buckets, which are in memory. */
  VECTORS("vectors of bucket size in memory", Kind.FLOOR, null),
  /** The bytes of the gradients through a ring of TCP connections, without TensorFlow. */
  TCP("plain TCP ring in Java", Kind.FLOOR, null),
  /** Gradients that are in memory, joined and split, but not sent. */
  JOINED("joined and split, not sent", Kind.EXCHANGE, GradientExchange.JOINED),
  /** Gradients that are in memory, as one vector. */
  EXCHANGE_FUSED("fused", Kind.EXCHANGE, GradientExchange.FUSED),
  /** Gradients that are in memory, in buckets. */
  EXCHANGE_OVERLAPPED("buckets", Kind.EXCHANGE, GradientExchange.OVERLAPPED),
  /** Gradients that are in memory, one by one. */
  EXCHANGE_SEPARATE("separate", Kind.EXCHANGE, GradientExchange.SEPARATE),
  /** A training step in which each worker keeps its gradients. */
  STEP_ALONE("without exchange", Kind.STEP, null),
  /** A training step in which workers exchange one number after the backward pass. */
  STEP_BARRIER("waiting for each other", Kind.STEP, GradientExchange.BARRIER),
  /** A training step after whose backward pass as many bytes are exchanged as gradients have. */
  STEP_BYTES("one vector of as many bytes", Kind.STEP, GradientExchange.BYTES),
  /** A training step with one vector of gradients after the backward pass. */
  STEP_FUSED("fused, after the backward pass", Kind.STEP, GradientExchange.FUSED),
  /** A training step with buckets of gradients after the backward pass: the default on CPUs. */
  STEP_BUCKETS("buckets, after the backward pass (default)", Kind.STEP, GradientExchange.BUCKETS),
  /** A training step with buckets of gradients during the backward pass: the default on GPUs. */
  STEP_OVERLAPPED("buckets, overlapped", Kind.STEP, GradientExchange.OVERLAPPED),
  /** A training step with separate gradients during the backward pass. */
  STEP_SEPARATE("separate, overlapped", Kind.STEP, GradientExchange.SEPARATE);

  /** What a turn consists of. */
  public enum Kind {
    /** Bytes that are in memory already: what the exchange is compared with. */
    FLOOR,
    /** The exchange of gradients alone. */
    EXCHANGE,
    /** A whole training step. */
    STEP
  }

  private final String title;
  private final Kind kind;
  private final GradientExchange exchange;

  Turn(String title, Kind kind, GradientExchange exchange) {
    this.title = title;
    this.kind = kind;
    this.exchange = exchange;
  }

  /** Returns whether the bytes of all gradients go to the other workers. */
  boolean exchanges() {
    return exchange != null && exchange != GradientExchange.BARRIER;
  }

  /** Returns words for a table. */
  public String title() {
    return title;
  }

  /** Returns what it consists of. */
  public Kind kind() {
    return kind;
  }

  /** Returns how gradients are exchanged. */
  Optional<GradientExchange> exchange() {
    return Optional.ofNullable(exchange);
  }
}
