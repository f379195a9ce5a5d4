package dev.recal.tools;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.Message;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.proto.Class;
import dev.recal.savedmodels.proto.Classifications;
import dev.recal.savedmodels.serving.PredictionCalls;
import dev.recal.savedmodels.serving.PredictionMessages;
import dev.recal.savedmodels.tensor.TensorValue;
import example.GrpcClient;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Imitates TensorFlow Serving, which no registry offers: the part of its gRPC service that the
 * clients here use, and of its REST interface the two calls with images. For tests only, and
 * independent of {@code recal serve}.
 */
final class StandInServer implements AutoCloseable {

  private final Predictor predictor;
  private final Server rpc;
  private final HttpServer rest;

  StandInServer(Path model) throws IOException {
    this(model, 0, 0);
  }

  StandInServer(Path model, int rpcPort, int restPort) throws IOException {
    predictor = Predictor.open(model);
    InetAddress local = InetAddress.getLoopbackAddress();
    rpc =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(local, rpcPort), InsecureServerCredentials.create())
            .addService(
                ServerServiceDefinition.builder(GrpcClient.SERVICE)
                    .addMethod(GrpcClient.PREDICT, answering(PredictionCalls::predict))
                    .addMethod(GrpcClient.CLASSIFY, answering(PredictionCalls::classify))
                    .build())
            .build()
            .start();
    rest = HttpServer.create(new InetSocketAddress(local, restPort), 0);
    rest.createContext("/v1/models/tiny:predict", exchange -> answer(exchange, this::predict));
    rest.createContext("/v1/models/tiny:classify", exchange -> answer(exchange, this::classify));
    rest.start();
  }

  String rpcAddress() {
    return "localhost:" + rpc.getPort();
  }

  String restAddress() {
    return "http://localhost:" + rest.getAddress().getPort();
  }

  private <Q extends Message, A extends Message> ServerCallHandler<Q, A> answering(
      BiFunction<Predictor, Q, A> call) {
    return ServerCalls.asyncUnaryCall(
        (request, observer) -> {
          try {
            observer.onNext(call.apply(predictor, request));
            observer.onCompleted();
          } catch (IllegalArgumentException e) {
            observer.onError(
                Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
          }
        });
  }

  private interface RestCall {
    JsonObject answer(JsonObject request);
  }

  private static void answer(HttpExchange exchange, RestCall call) throws IOException {
    JsonObject answer;
    int status = 200;
    try (exchange) {
      try {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        answer = call.answer(JsonParser.parseString(body).getAsJsonObject());
      } catch (IllegalArgumentException e) {
        status = 400;
        answer = new JsonObject();
        answer.addProperty("error", e.getMessage());
      }
      byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private JsonObject predict(JsonObject request) {
    String signature = request.get("signature_name").getAsString();
    List<byte[]> images = new ArrayList<>();
    for (JsonElement row : request.getAsJsonArray("instances")) {
      images.add(bytes(row.getAsJsonObject().get("image_bytes")));
    }
    Map<String, TensorValue> outputs =
        predictor.call(signature, Map.of("image_bytes", TensorValue.ofBytes(images)));
    JsonArray predictions = new JsonArray();
    for (int i = 0; i < images.size(); i++) {
      JsonObject row = new JsonObject();
      for (Map.Entry<String, TensorValue> output : outputs.entrySet()) {
        row.add(output.getKey(), nested(output.getValue().rows(i, i + 1)).get(0));
      }
      predictions.add(row);
    }
    JsonObject answer = new JsonObject();
    answer.add("predictions", predictions);
    return answer;
  }

  private static JsonArray nested(TensorValue value) {
    JsonArray array = new JsonArray();
    for (int i = 0; i < value.rows(); i++) {
      array.add(
          value.shape().numDimensions() == 1
              ? element(value, i)
              : nested(inner(value.rows(i, i + 1))));
    }
    return array;
  }

  // Without the first dimension, which is 1.
  private static TensorValue inner(TensorValue row) {
    return new TensorValue(row.type(), row.shape().tail(), row.data());
  }

  private static JsonPrimitive element(TensorValue value, int index) {
    return switch (value.type()) {
      case FLOAT32 -> new JsonPrimitive(value.floats()[index]);
      case INT64 -> new JsonPrimitive(value.longs()[index]);
      default -> new JsonPrimitive(value.strings().get(index));
    };
  }

  private JsonObject classify(JsonObject request) {
    List<byte[]> images = new ArrayList<>();
    for (JsonElement example : request.getAsJsonArray("examples")) {
      images.add(bytes(example.getAsJsonObject().get("image/encoded")));
    }
    JsonArray results = new JsonArray();
    for (Classifications row :
        PredictionCalls.classify(predictor, PredictionMessages.classify("tiny", images))
            .getResult()
            .getClassificationsList()) {
      JsonArray classes = new JsonArray();
      for (Class one : row.getClassesList()) {
        JsonArray pair = new JsonArray();
        pair.add(new JsonPrimitive(one.getLabel()));
        pair.add(new JsonPrimitive(one.getScore()));
        classes.add(pair);
      }
      results.add(classes);
    }
    JsonObject answer = new JsonObject();
    answer.add("results", results);
    return answer;
  }

  private static byte[] bytes(JsonElement element) {
    return Base64.getDecoder().decode(element.getAsJsonObject().get("b64").getAsString());
  }

  @Override
  public void close() {
    rpc.shutdownNow();
    rest.stop(0);
    predictor.close();
  }
}
