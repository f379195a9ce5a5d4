/** TensorFlow Serving's gRPC services. */
package dev.recal.tools.serve.grpc;
