package dev.recal.savedmodels.serving;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.recal.savedmodels.proto.PredictionServiceProtos;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The service and its messages as a set of descriptors, for clients that build messages at run
 * time: grpcurl's {@code -protoset}, Python's {@code descriptor_pool}.
 */
public final class ServiceDescriptors {

  private ServiceDescriptors() {}

  /** Returns the files of the service, each after its imports. */
  public static FileDescriptorSet all() {
    Map<String, FileDescriptor> files = new LinkedHashMap<>();
    add(PredictionServiceProtos.getDescriptor(), files);
    FileDescriptorSet.Builder set = FileDescriptorSet.newBuilder();
    files.values().forEach(file -> set.addFile(file.toProto()));
    return set.build();
  }

  private static void add(FileDescriptor file, Map<String, FileDescriptor> files) {
    if (!files.containsKey(file.getName())) {
      file.getDependencies().forEach(dependency -> add(dependency, files));
      files.put(file.getName(), file);
    }
  }
}
