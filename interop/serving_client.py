#!/usr/bin/env python3
"""Classifies images, or finds objects in them, with TensorFlow Serving, over REST or gRPC.

    python serving_client.py rest http://localhost:8501 MODEL IMAGE...
    python serving_client.py grpc localhost:8500 MODEL IMAGE... --protoset FILE
    python serving_client.py rest http://localhost:8501 DETECTOR IMAGE... --objects

REST needs only Python. gRPC needs grpcio and protobuf; the messages are built from the file
prediction_service.protoset, which `recal export --serving` writes next to a model, in requests/.
Prints the most probable classes of each image; with --objects the class (1 for the first label), score
and box (ymin, xmin, ymax, xmax in 0-1) of each object. Exit status 1 if the server rejects the request.
"""

import argparse
import array
import base64
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path


def classify_rest(address, model, images):
    """Returns [[(label, score), ...], ...] through POST /v1/models/MODEL:classify."""
    examples = [{"image/encoded": {"b64": base64.b64encode(image).decode()}} for image in images]
    answer = post(f"{address}/v1/models/{model}:classify", signature_name="classify", examples=examples)
    return [[tuple(pair) for pair in row] for row in answer["results"]]


def detect_rest(address, model, images):
    """Returns [[(class, score, box), ...], ...] through POST /v1/models/MODEL:predict."""
    rows = [{"image_bytes": {"b64": base64.b64encode(image).decode()}} for image in images]
    answer = post(f"{address}/v1/models/{model}:predict", signature_name="detect_bytes", instances=rows)
    return [objects(row) for row in answer["predictions"]]


def objects(row):
    """Returns the objects of one image from the outputs of a detector."""
    found = zip(row["detection_classes"], row["detection_scores"], row["detection_boxes"])
    return [(int(one), score, box) for one, score, box in found][:int(row["num_detections"])]


def post(address, **body):
    request = urllib.request.Request(address, json.dumps(body).encode())
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
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
        outputs = self.outputs(model, "serving_bytes", images, ["labels"])
        return [label.decode() for label in outputs["labels"].string_val]

    def detect(self, model, images):
        """Returns [[(class, score, box), ...], ...] through the signature detect_bytes."""
        names = ["detection_classes", "detection_scores", "detection_boxes", "num_detections"]
        outputs = self.outputs(model, "detect_bytes", images, names)
        values = {name: nested(tensor) for name, tensor in outputs.items()}
        return [objects({name: values[name][i] for name in names}) for i in range(len(images))]

    def outputs(self, model, signature, images, names):
        """Calls a signature that takes image files."""
        request = self.message("tensorflow.serving.PredictRequest")()
        request.model_spec.name = model
        request.model_spec.signature_name = signature
        request.output_filter.extend(names)
        tensor = request.inputs["image_bytes"]
        tensor.dtype = tensor.DESCRIPTOR.fields_by_name["dtype"].enum_type.values_by_name["DT_STRING"].number
        tensor.tensor_shape.dim.add().size = len(images)
        tensor.string_val.extend(images)
        return self.call("Predict", request, "tensorflow.serving.PredictResponse").outputs

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


def nested(tensor):
    """Returns a float32 tensor as nested lists."""
    values = list(array.array("f", tensor.tensor_content) or tensor.float_val)
    for dimension in reversed(tensor.tensor_shape.dim[1:]):
        values = [values[i:i + dimension.size] for i in range(0, len(values), dimension.size)]
    return values


def main():
    parser = argparse.ArgumentParser(
        description="Classifies images, or finds objects in them, with TensorFlow Serving.")
    parser.add_argument("way", choices=["rest", "grpc"])
    parser.add_argument("address", help="http://HOST:8501 for rest, HOST:8500 for grpc")
    parser.add_argument("model")
    parser.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    parser.add_argument("--protoset", help="requests/prediction_service.protoset of the model")
    parser.add_argument("--objects", action="store_true", help="the model is a detector")
    arguments = parser.parse_args()
    images = [path.read_bytes() for path in arguments.images]
    if arguments.way == "grpc" and arguments.protoset is None:
        parser.error("grpc needs --protoset")
    if arguments.objects:
        print_objects(arguments, images)
        return
    if arguments.way == "rest":
        results = classify_rest(arguments.address, arguments.model, images)
    else:
        service = PredictionService(arguments.address, arguments.protoset)
        results = service.classify(arguments.model, images)
        best = service.predict(arguments.model, images)
        assert best == [row[0][0] for row in results], (best, results)
    for path, row in zip(arguments.images, results):
        print(f"{path}: " + ", ".join(f"{label} {score:.4f}" for label, score in row))


def print_objects(arguments, images):
    if arguments.way == "rest":
        results = detect_rest(arguments.address, arguments.model, images)
    else:
        service = PredictionService(arguments.address, arguments.protoset)
        results = service.detect(arguments.model, images)
    for path, found in zip(arguments.images, results):
        print(f"{path}: {len(found)} objects")
        for number, score, box in found:
            print(f"  {number} {score:.4f} " + " ".join(f"{edge:.4f}" for edge in box))


if __name__ == "__main__":
    sys.exit(main())
