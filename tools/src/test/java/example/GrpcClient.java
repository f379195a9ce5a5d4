package example;

import com.google.protobuf.Message;
import dev.recal.savedmodels.proto.Class;
import dev.recal.savedmodels.proto.ClassificationRequest;
import dev.recal.savedmodels.proto.ClassificationResponse;
import dev.recal.savedmodels.proto.PredictRequest;
import dev.recal.savedmodels.proto.PredictResponse;
import dev.recal.savedmodels.serving.PredictionMessages;
import dev.recal.savedmodels.serving.TensorMessages;
import dev.recal.savedmodels.tensor.TensorValue;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** GrpcClient HOST:8500 MODEL IMAGE...: classifies images with TensorFlow Serving. */
public final class GrpcClient {

  public static final String SERVICE = "tensorflow.serving.PredictionService";

  public static final MethodDescriptor<PredictRequest, PredictResponse> PREDICT =
      method("Predict", PredictRequest.getDefaultInstance(), PredictResponse.getDefaultInstance());

  public static final MethodDescriptor<ClassificationRequest, ClassificationResponse> CLASSIFY =
      method(
          "Classify",
          ClassificationRequest.getDefaultInstance(),
          ClassificationResponse.getDefaultInstance());

  private GrpcClient() {}

  public static void main(String[] args) throws IOException {
    List<byte[]> images = new ArrayList<>();
    for (int i = 2; i < args.length; i++) {
      images.add(Files.readAllBytes(Path.of(args[i])));
    }
    ManagedChannel channel =
        Grpc.newChannelBuilder(args[0], InsecureChannelCredentials.create()).build();
    try {
      CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);

      // Any signature, by tensors.
      PredictRequest request =
          PredictionMessages.predict(
              args[1], "serving_bytes", Map.of("image_bytes", TensorValue.ofBytes(images)));
      PredictResponse response = ClientCalls.blockingUnaryCall(channel, PREDICT, options, request);
      List<String> labels = TensorMessages.read(response.getOutputsOrThrow("labels")).strings();

      // The five best classes, by examples.
      ClassificationResponse classified =
          ClientCalls.blockingUnaryCall(
              channel, CLASSIFY, options, PredictionMessages.classify(args[1], images));

      for (int i = 0; i < images.size(); i++) {
        Class best = classified.getResult().getClassifications(i).getClasses(0);
        System.out.printf("%s: %s %.4f%n", args[i + 2], labels.get(i), best.getScore());
      }
    } finally {
      channel.shutdownNow();
    }
  }

  private static <Q extends Message, A extends Message> MethodDescriptor<Q, A> method(
      String name, Q request, A answer) {
    return MethodDescriptor.<Q, A>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(ProtoUtils.marshaller(request))
        .setResponseMarshaller(ProtoUtils.marshaller(answer))
        .build();
  }
}
