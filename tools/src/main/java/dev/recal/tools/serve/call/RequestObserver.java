package dev.recal.tools.serve.call;

/** Receives the beginning and the end of each request; called from any thread. */
public interface RequestObserver {

  /** A request has arrived; it has no model yet. */
  void started(RequestRecord request);

  /** A request was answered or failed; called once. */
  void finished(RequestRecord request);

  /** Returns an observer that passes everything to this one and another. */
  default RequestObserver and(RequestObserver other) {
    RequestObserver first = this;
    return new RequestObserver() {
      @Override
      public void started(RequestRecord request) {
        first.started(request);
        other.started(request);
      }

      @Override
      public void finished(RequestRecord request) {
        first.finished(request);
        other.finished(request);
      }
    };
  }
}
