"""serve_stubs.py HOST:PORT MODEL: calls every method of a server with the published stubs.

Needs grpcio, tensorflow and tensorflow-serving-api. MODEL is that of the test.
"""

import sys

import grpc
import tensorflow as tf
from tensorflow_serving.apis import classification_pb2
from tensorflow_serving.apis import get_model_metadata_pb2
from tensorflow_serving.apis import get_model_status_pb2
from tensorflow_serving.apis import inference_pb2
from tensorflow_serving.apis import model_service_pb2_grpc
from tensorflow_serving.apis import predict_pb2
from tensorflow_serving.apis import prediction_service_pb2_grpc
from tensorflow_serving.apis import regression_pb2

TIMEOUT = 30


def example(value):
    feature = tf.train.Feature(float_list=tf.train.FloatList(value=[value]))
    return tf.train.Example(features=tf.train.Features(feature={"x": feature}))


def main(address, model):
    channel = grpc.insecure_channel(address)
    prediction = prediction_service_pb2_grpc.PredictionServiceStub(channel)
    models = model_service_pb2_grpc.ModelServiceStub(channel)

    request = predict_pb2.PredictRequest()
    request.model_spec.name = model
    request.inputs["x"].CopyFrom(tf.make_tensor_proto([[1.0, 2.0]]))
    response = prediction.Predict(request, TIMEOUT)
    values = tf.make_ndarray(response.outputs["y"])[0].tolist()
    print("predict", values, "version", response.model_spec.version.value)

    request = classification_pb2.ClassificationRequest()
    request.model_spec.name = model
    request.model_spec.signature_name = "classify"
    request.input.example_list.examples.append(example(0.25))
    classes = prediction.Classify(request, TIMEOUT).result.classifications[0].classes
    print("classify", ", ".join(f"{c.label} {c.score}" for c in classes))

    # The context has the feature, the example has none.
    request = regression_pb2.RegressionRequest()
    request.model_spec.name = model
    request.model_spec.signature_name = "regress"
    request.input.example_list_with_context.context.CopyFrom(example(0.25))
    request.input.example_list_with_context.examples.append(tf.train.Example())
    result = prediction.Regress(request, TIMEOUT).result
    print("regress", [one.value for one in result.regressions])

    request = inference_pb2.MultiInferenceRequest()
    request.input.example_list.examples.append(example(0.25))
    for method in ("classify", "regress"):
        task = request.tasks.add()
        task.model_spec.name = model
        task.model_spec.signature_name = method
        task.method_name = "tensorflow/serving/" + method
    results = prediction.MultiInference(request, TIMEOUT).results
    print("inference", *(one.model_spec.signature_name for one in results))

    request = get_model_metadata_pb2.GetModelMetadataRequest()
    request.model_spec.name = model
    request.metadata_field.append("signature_def")
    response = prediction.GetModelMetadata(request, TIMEOUT)
    signatures = get_model_metadata_pb2.SignatureDefMap()
    response.metadata["signature_def"].Unpack(signatures)
    print("metadata", ", ".join(sorted(signatures.signature_def)))

    request = get_model_status_pb2.GetModelStatusRequest()
    request.model_spec.name = model
    status = models.GetModelStatus(request, TIMEOUT).model_version_status[0]
    state = get_model_status_pb2.ModelVersionStatus.State.Name(status.state)
    code = "OK" if status.status.error_code == 0 else status.status.error_message
    print("status", status.version, state, code)

    request.model_spec.name = "other"
    try:
        models.GetModelStatus(request, TIMEOUT)
    except grpc.RpcError as error:
        print("other", error.code().name)


if __name__ == "__main__":
    main(*sys.argv[1:])
