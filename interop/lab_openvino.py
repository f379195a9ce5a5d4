#!/usr/bin/env python3
"""Converts every signature of SavedModels of Recal with OpenVINO and calls it on the CPU.

    python lab_openvino.py ANSWERS_DIR SAMPLE_DIR...

As lab_tensorflow.py; needs what requirements-converters.txt names.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import openvino
import tensorflow as tf

from lab_exchange import NotApplicable, Once, of_files, run

# The precision of the exporting session; the default may be bfloat16 or float16.
PRECISE = {"INFERENCE_PRECISION_HINT": "f32"}


def examine(directory, cases, exchange):
    model = tf.saved_model.load(str(directory))
    files = {case["signature"] for case in cases if of_files(case)}

    @Once
    def network(key):
        converted = openvino.convert_model(model.signatures[key])
        return openvino.compile_model(converted, "CPU", PRECISE)

    def call(key, inputs):
        if key in files:
            raise NotApplicable("OpenVINO has no operations that read or write files of images.")
        # OpenVINO takes scalars from writable arrays only.
        answer = network(key)({name: np.array(value) for name, value in inputs.items()})
        # By name: above ten outputs their order is that of "Identity_10" before "Identity_2".
        return {name: answer[name] for name in model.signatures[key].structured_outputs}

    def whole():
        # The front end that reads the directory itself, without TensorFlow.
        openvino.Core().read_model(str(directory))

    exchange.signatures(model.signatures)
    exchange.call_all(cases, call)
    exchange.check("read_model", whole)


if __name__ == "__main__":
    run(openvino.__version__, __doc__, examine)
