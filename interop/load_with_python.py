#!/usr/bin/env python3
"""Loads a SavedModel of Recal with Python's TensorFlow, and compares its outputs with Java's.

    python load_with_python.py MODEL_DIR [--signature NAME] [--tolerance 1e-5] [--step]

MODEL_DIR is a SavedModel, or a directory of integer versions, of which the highest is used.
Prints the trainable variables and, for every output that Java recorded in assets.extra, the relative
error ||python - java|| / ||java||. Exit status 1 if one is above the tolerance, 2 for a usage error.

tf.saved_model.load returns an object with `variables`, `trainable_variables`, `signatures` and a call,
`model(images, training=False)`. Gradients flow through all of them: --step trains one step through
serving_default as a demonstration. check_with_python.py tests everything else, including training.

Needs tensorflow (or tensorflow-cpu) and nothing else.
"""

import argparse
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "u1", "BOOL": "?",
}


def read_safetensors(path):
    """Returns {name: array}; see https://huggingface.co/docs/safetensors for the format."""
    data = Path(path).read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            array = np.frombuffer(data[begin:end], DTYPES[entry["dtype"]])
            tensors[name] = array.reshape(entry["shape"])
    return tensors


def find_model(path):
    """Returns the directory of saved_model.pb: the path itself or its highest version."""
    if (path / "saved_model.pb").is_file():
        return path
    versions = [p for p in path.glob("*") if p.name.isdigit() and (p / "saved_model.pb").is_file()]
    if not versions:
        raise SystemExit(f"{path} is not a SavedModel and contains no version of one.")
    return max(versions, key=lambda version: int(version.name))


def trainable_variables(model):
    """Also works for SavedModels without objects, as in earlier exports."""
    if hasattr(model, "trainable_variables"):
        return list(model.trainable_variables)
    return [variable for variable in model.variables if variable.trainable]


def relative_error(actual, expected):
    actual = np.asarray(actual, np.float64)
    expected = np.asarray(expected, np.float64)
    if actual.shape != expected.shape:
        return float("inf")
    error = np.linalg.norm(actual - expected) / (np.linalg.norm(expected) or 1.0)
    return float(error) if np.isfinite(error) else float("inf")


def split(tensors):
    """{"signature/name": x} to {"signature": {"name": x}}."""
    signatures = {}
    for key, value in tensors.items():
        signature, name = key.split("/", 1)
        signatures.setdefault(signature, {})[name] = value
    return signatures


def check_golden(model, directory, only):
    """Runs the golden inputs, prints a line for each output, returns the worst error."""
    extra = directory / "assets.extra"
    if not (extra / "golden_outputs.safetensors").is_file():
        print("The model has no golden inputs; its outputs were not compared.")
        return 0.0
    inputs = split(read_safetensors(extra / "golden_inputs.safetensors"))
    outputs = split(read_safetensors(extra / "golden_outputs.safetensors"))
    if only and only not in outputs:
        raise SystemExit(f"No golden inputs for '{only}'; there are some for {sorted(outputs)}.")
    worst = 0.0
    for signature in [only] if only else sorted(outputs):
        fed = {name: tf.constant(value) for name, value in inputs.get(signature, {}).items()}
        answers = model.signatures[signature](**fed)
        for name, expected in sorted(outputs[signature].items()):
            error = relative_error(answers[name].numpy(), expected)
            worst = max(worst, error)
            print(f"{signature:20} {name:30} {str(list(expected.shape)):20} {error:.2e}")
    return worst


def train_one_step(model, directory):
    """One step of gradient descent through serving_default; prints the loss before and after."""
    signature = model.signatures["serving_default"]
    golden = split(read_safetensors(directory / "assets.extra" / "golden_inputs.safetensors"))
    inputs = {name: tf.constant(value) for name, value in golden["serving_default"].items()}
    variables = trainable_variables(model)

    def loss():
        logits = signature(**inputs)["logits"]
        target = tf.zeros([tf.shape(logits)[0]], tf.int32)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=logits)
        return tf.reduce_mean(losses)

    with tf.GradientTape() as tape:
        before = loss()
    gradients = tape.gradient(before, variables)
    with_gradient = [(v, g) for v, g in zip(variables, gradients) if g is not None]
    norm = tf.linalg.global_norm([g for _, g in with_gradient])
    for variable, gradient in with_gradient:
        variable.assign_sub(0.01 * gradient / norm)
    print(f"One step: {len(with_gradient)} of {len(variables)} trainable variables have gradients;"
          f" loss {float(before):.6f} -> {float(loss()):.6f}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, metavar="MODEL_DIR")
    parser.add_argument("--signature", help="check only this signature (default: all with golden inputs)")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    parser.add_argument("--step", action="store_true", help="train one step through the signature")
    arguments = parser.parse_args()

    directory = find_model(arguments.model)
    model = tf.saved_model.load(str(directory))
    print(f"{directory} in TensorFlow {tf.__version__}, signatures {sorted(model.signatures)}")
    variables = trainable_variables(model)
    for variable in variables:
        print(f"  {variable.name.removesuffix(':0'):50} {variable.dtype.name} {variable.shape}")
    values = sum(int(np.prod(variable.shape)) for variable in variables)
    print(f"{len(variables)} trainable variables with {values} values,"
          f" {len(model.variables)} variables in all")
    worst = check_golden(model, directory, arguments.signature)
    print(f"max relative error {worst:.2e}")
    if arguments.step:
        train_one_step(model, directory)
    return 0 if worst <= arguments.tolerance else 1


if __name__ == "__main__":
    sys.exit(main())
