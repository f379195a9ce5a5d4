package dev.recal.tools.serve.grpc;

import dev.recal.tools.serve.call.CallFailure;
import dev.recal.tools.serve.call.RequestRecord;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** Failures as gRPC's status. */
final class GrpcFailures {

  private GrpcFailures() {}

  /** Notes a failure and returns what the client gets. */
  static StatusRuntimeException of(Throwable failure, RequestRecord record) {
    CallFailure known = CallFailure.of(failure);
    known.report(record.path());
    record.outcome(known.status(), known.reason());
    return Status.fromCode(Status.Code.valueOf(known.status().code()))
        .withDescription(known.message())
        .asRuntimeException();
  }
}
