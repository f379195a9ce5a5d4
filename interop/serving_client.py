#!/usr/bin/env python3
"""Classifies images with TensorFlow Serving, over REST or gRPC.

    python serving_client.py rest http://localhost:8501 MODEL IMAGE...
    python serving_client.py grpc localhost:8500 MODEL IMAGE... --protoset FILE

REST needs only Python. gRPC needs grpcio and protobuf; the messages are built from the file
prediction_service.protoset, which `recal export --serving` writes next to a model, in requests/.
Prints the most probable classes of each image. Exit status 1 if the server rejects the request.
"""

import argparse
import base64
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path


def classify_rest(address, model, images):
    """Returns [[(label, score), ...], ...] through POST /v1/models/MODEL:classify."""
    examples = [{"image/encoded": {"b64": base64.b64encode(image).decode()}} for image in images]
    body = json.dumps({"signature_name": "classify", "examples": examples}).encode()
    request = urllib.request.Request(f"{address}/v1/models/{model}:classify", body)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return [[tuple(pair) for pair in row] for row in json.load(answer)["results"]]
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{error.code} {error.reason}: {error.read().decode()}")


class PredictionService:
    """The gRPC service, with messages built from its description."""

    def __init__(self, address, protoset):
        import grpc
        from google.protobuf import descriptor_pb2, descriptor_pool

        # A separate pool, so that TensorFlow can be imported as well.
        self.pool = descriptor_pool.DescriptorPool()
        files = descriptor_pb2.FileDescriptorSet.FromString(Path(protoset).read_bytes())
        for file in files.file:
            self.pool.AddSerializedFile(file.SerializeToString())
        self.channel = grpc.insecure_channel(address)
        self.error = grpc.RpcError

    def message(self, name):
        from google.protobuf import message_factory

        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))

    def call(self, method, request, answer):
        stub = self.channel.unary_unary(
            f"/tensorflow.serving.PredictionService/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=self.message(answer).FromString,
        )
        try:
            return stub(request, timeout=30)
        except self.error as error:
            raise SystemExit(f"{error.code().name}: {error.details()}")

    def predict(self, model, images):
        """Returns the label of each image through the signature serving_bytes."""
        request = self.message("tensorflow.serving.PredictRequest")()
        request.model_spec.name = model
        request.model_spec.signature_name = "serving_bytes"
        request.output_filter.append("labels")
        tensor = request.inputs["image_bytes"]
        tensor.dtype = tensor.DESCRIPTOR.fields_by_name["dtype"].enum_type.values_by_name["DT_STRING"].number
        tensor.tensor_shape.dim.add().size = len(images)
        tensor.string_val.extend(images)
        answer = self.call("Predict", request, "tensorflow.serving.PredictResponse")
        return [label.decode() for label in answer.outputs["labels"].string_val]

    def classify(self, model, images):
        """Returns [[(label, score), ...], ...] through the signature classify."""
        request = self.message("tensorflow.serving.ClassificationRequest")()
        request.model_spec.name = model
        request.model_spec.signature_name = "classify"
        for image in images:
            example = request.input.example_list.examples.add()
            example.features.feature["image/encoded"].bytes_list.value.append(image)
        answer = self.call("Classify", request, "tensorflow.serving.ClassificationResponse")
        return [
            [(best.label, best.score) for best in row.classes]
            for row in answer.result.classifications
        ]


def main():
    parser = argparse.ArgumentParser(description="Classifies images with TensorFlow Serving.")
    parser.add_argument("way", choices=["rest", "grpc"])
    parser.add_argument("address", help="http://HOST:8501 for rest, HOST:8500 for grpc")
    parser.add_argument("model")
    parser.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    parser.add_argument("--protoset", help="requests/prediction_service.protoset of the model")
    arguments = parser.parse_args()
    images = [path.read_bytes() for path in arguments.images]
    if arguments.way == "rest":
        results = classify_rest(arguments.address, arguments.model, images)
    elif arguments.protoset is None:
        parser.error("grpc needs --protoset")
    else:
        service = PredictionService(arguments.address, arguments.protoset)
        results = service.classify(arguments.model, images)
        best = service.predict(arguments.model, images)
        assert best == [row[0][0] for row in results], (best, results)
    for path, row in zip(arguments.images, results):
        print(f"{path}: " + ", ".join(f"{label} {score:.4f}" for label, score in row))


if __name__ == "__main__":
    sys.exit(main())
