#!/usr/bin/env python3
"""Checks the output of `recal export --serving` with TensorFlow Serving's own Python messages.

    python check_serving_files.py MODEL_DIR

MODEL_DIR holds integer versions, models.config and requests/. Checks that
 - every warm-up record of the newest version, read by tf.data, is a PredictionLog without fields
   unknown to Serving, and calls a signature of the model, with its inputs and types;
 - the model answers the predict requests;
 - models.config can be parsed, and names a directory with versions;
 - the requests for grpcurl can be parsed as messages of Serving.
Exit status 1 with a message on the first failure. Needs tensorflow and tensorflow-serving-api,
the latter without its dependencies (pip install --no-deps), and grpcio.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf
from google.protobuf import json_format, text_format, unknown_fields
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow_serving.apis import classification_pb2, predict_pb2, prediction_log_pb2
from tensorflow_serving.config import model_server_config_pb2


def require(condition, sentence):
    if not condition:
        raise SystemExit(sentence)


def require_known(message, where):
    """Fails if the message or a nested one has a field unknown to Serving."""
    require(not len(unknown_fields.UnknownFieldSet(message)), f"{where} has unknown fields.")
    for field, value in message.ListFields():
        if field.type != field.TYPE_MESSAGE:
            continue
        entry = field.message_type.GetOptions().map_entry
        if entry:
            inner = value.values() if field.message_type.fields_by_name["value"].message_type else []
        else:
            inner = value if hasattr(value, "__len__") else [value]
        for each in inner:
            require_known(each, f"{where}.{field.name}")


def check_warm_up(version):
    model = saved_model_pb2.SavedModel.FromString((version / "saved_model.pb").read_bytes())
    signatures = model.meta_graphs[0].signature_def
    file = version / "assets.extra" / "tf_serving_warmup_requests"
    records = list(tf.data.TFRecordDataset(str(file)).as_numpy_iterator())
    require(0 < len(records) <= 1000, f"{file} has {len(records)} records.")
    loaded = tf.saved_model.load(str(version))
    kinds = {}
    for index, record in enumerate(records):
        log = prediction_log_pb2.PredictionLog.FromString(record)
        require_known(log, f"record {index}")
        kind = log.WhichOneof("log_type")
        request = getattr(log, kind).request
        key = request.model_spec.signature_name
        require(key in signatures, f"record {index} calls the signature {key!r}.")
        method = signatures[key].method_name
        if kind == "predict_log":
            require(method == "tensorflow/serving/predict", f"record {index} asks {method}.")
            wanted = {name: info.dtype for name, info in signatures[key].inputs.items()}
            inputs = {name: tf.make_ndarray(tensor) for name, tensor in request.inputs.items()}
            types = {name: tensor.dtype for name, tensor in request.inputs.items()}
            require(types == wanted, f"record {index} has inputs {types} and not {wanted}.")
        else:
            require(method == "tensorflow/serving/classify", f"record {index} asks {method}.")
            examples = request.input.example_list.examples
            inputs = {"inputs": [example.SerializeToString() for example in examples]}
        rows = {len(value) for value in inputs.values()}
        tensors = {name: tf.constant(value) for name, value in inputs.items()}
        answers = loaded.signatures[key](**tensors)
        require(
            {value.shape[0] for value in answers.values()} == rows,
            f"record {index}: {rows} rows were sent to {key}, but others were returned.",
        )
        kinds.setdefault(f"{key} ({kind})", []).append(rows.pop())
    return kinds


def check_requests(directory):
    messages = {
        "predict-grpc.json": predict_pb2.PredictRequest,
        "classify-grpc.json": classification_pb2.ClassificationRequest,
    }
    for name, message in messages.items():
        request = json_format.Parse((directory / name).read_text(), message())
        require(request.model_spec.name, f"{name} names no model.")


def main():
    model = Path(sys.argv[1]).absolute()
    version = max((path for path in model.iterdir() if path.name.isdigit()), key=lambda p: int(p.name))
    config = model_server_config_pb2.ModelServerConfig()
    text_format.Parse((model / "models.config").read_text(), config)
    base = Path(config.model_config_list.config[0].base_path)
    require(base.is_absolute() and base.samefile(model), f"models.config names {base}.")
    check_requests(model / "requests")
    for key, rows in sorted(check_warm_up(version).items()):
        print(f"{key}: batches of {rows}")


if __name__ == "__main__":
    main()
