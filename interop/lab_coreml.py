#!/usr/bin/env python3
"""Converts every signature of SavedModels of Recal to Core ML, which itself runs on Apple's systems only.

    python lab_coreml.py ANSWERS_DIR SAMPLE_DIR...

As lab_tensorflow.py; needs what requirements-converters.txt names.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import coremltools
import tensorflow as tf

from lab_exchange import NotApplicable, of_files, run


def convert(signature, given):
    """A program with a batch of one of the given inputs' size: Core ML has no fully free sizes."""
    inputs = [
        coremltools.TensorType(
            name=name, shape=[1, *given[name]["shape"][1:]] if spec.shape.rank else [],
            dtype=spec.dtype.as_numpy_dtype)
        for name, spec in signature.structured_input_signature[1].items()
    ]
    program = coremltools.convert(
        [signature], source="tensorflow", inputs=inputs, convert_to="mlprogram", skip_model_load=True)
    found = {entry.name for entry in program.get_spec().description.input}
    if found != {entry.name for entry in inputs}:
        raise ValueError(f"the inputs are {found}")
    return f"{len(program.get_spec().description.output)} outputs"


def examine(directory, cases, exchange):
    model = tf.saved_model.load(str(directory))
    files = {case["signature"] for case in cases if of_files(case)}

    def call(signature, inputs):
        raise NotApplicable("Core ML runs on Apple's systems only.")

    def conversion(key):
        def check():
            if key in files:
                raise NotApplicable("Core ML has no strings.")
            given = next(case["inputs"] for case in cases if case["signature"] == key)
            return convert(model.signatures[key], given)
        return check

    exchange.signatures(model.signatures)
    exchange.call_all(cases, call)
    for key in dict.fromkeys(case["signature"] for case in cases):
        exchange.check(f"convert {key}", conversion(key))


if __name__ == "__main__":
    run(coremltools.__version__, __doc__, examine)
