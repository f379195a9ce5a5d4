#!/usr/bin/env python3
"""Converts SavedModels of Recal with tf2onnx and calls them with ONNX Runtime.

    python lab_onnx.py ANSWERS_DIR SAMPLE_DIR...

Usage as in lab_tensorflow.py; needs the packages of requirements-onnx.txt.
"""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import onnxruntime
import tf2onnx.convert

from lab_exchange import NotApplicable, Once, of_files, run

OPSET = "18"


def convert(directory, signature, target):
    """Runs the command of tf2onnx."""
    command = ["tf2onnx", "--saved-model", str(directory), "--tag", "serve", "--opset", OPSET]
    kept = sys.argv
    sys.argv = command + ["--signature_def", signature, "--output", str(target)]
    try:
        tf2onnx.convert.main()
    finally:
        sys.argv = kept


def examine(directory, cases, exchange):
    with tempfile.TemporaryDirectory() as folder:
        files = {case["signature"] for case in cases if of_files(case)}

        @Once
        def session(signature):
            target = Path(folder) / f"{signature}.onnx"
            convert(directory, signature, target)
            return onnxruntime.InferenceSession(str(target), providers=["CPUExecutionProvider"])

        def call(signature, inputs):
            if signature in files:
                raise NotApplicable(f"Opset {OPSET} has no operations that read or write files of images.")
            runner = session(signature)
            fed = {}
            for description in runner.get_inputs():
                fed[description.name] = inputs[description.name.split(":")[0]]
            names = [output.name for output in runner.get_outputs()]
            return dict(zip(names, runner.run(names, fed)))

        exchange.signatures({case["signature"] for case in cases})
        exchange.call_all(cases, call)


if __name__ == "__main__":
    run(f"{onnxruntime.__version__} after tf2onnx {tf2onnx.__version__}", __doc__, examine)
