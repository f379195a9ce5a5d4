package dev.recal.tools.serve.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.ServerCalls.UnaryMethod;
import java.util.ArrayList;
import java.util.List;

/** Builds a gRPC service of unary methods from its messages, described for reflection. */
final class Services {

  /** A method and what it does. */
  private record Method<Q, A>(MethodDescriptor<Q, A> descriptor, UnaryMethod<Q, A> action) {
    void addTo(ServerServiceDefinition.Builder service) {
      service.addMethod(descriptor, ServerCalls.asyncUnaryCall(action));
    }
  }

  private final String name;
  private final FileDescriptor file;
  private final List<Method<?, ?>> methods = new ArrayList<>();

  /**
   * Begins a service.
   *
   * @param name with its package
   * @param file where it is defined
   */
  Services(String name, FileDescriptor file) {
    this.name = name;
    this.file = file;
  }

  /** Adds a method. */
  <Q extends Message, A extends Message> Services add(
      String method, Q request, A answer, UnaryMethod<Q, A> action) {
    methods.add(
        new Method<>(
            MethodDescriptor.<Q, A>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(name, method))
                .setRequestMarshaller(ProtoUtils.marshaller(request))
                .setResponseMarshaller(ProtoUtils.marshaller(answer))
                .build(),
            action));
    return this;
  }

  ServerServiceDefinition build() {
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(name)
            .setSchemaDescriptor((ProtoFileDescriptorSupplier) () -> file);
    methods.forEach(method -> descriptor.addMethod(method.descriptor()));
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(method -> method.addTo(service));
    return service.build();
  }
}
