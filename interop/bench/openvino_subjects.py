"""openvino_subjects.py: measures SavedModels in OpenVINO, one turn for each line of standard input.

    model PRECISION BATCH SIZE DIRECTORY
    release

Answers are those of `recal bench turns`. PRECISION is float32 or bfloat16, the hint for OpenVINO's inference.
"""

import argparse

import numpy as np
import openvino

from turns import serve

HINTS = {"float32": "f32", "bfloat16": "bf16"}


def opened(core, threads, precision, batch, size, directory):
    model = core.read_model(directory)
    model.reshape({model.inputs[0]: [batch, size, size, 3]})
    settings = {"INFERENCE_PRECISION_HINT": HINTS[precision], "INFERENCE_NUM_THREADS": threads}
    request = core.compile_model(model, "CPU", settings).create_infer_request()
    image = np.random.default_rng(1).random((batch, size, size, 3), dtype=np.float32)
    return lambda: request.infer({0: image})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    core = openvino.Core()
    models = {}

    def call_of(words):
        key = tuple(words)
        if key not in models:
            _, precision, batch, size, directory = words
            models[key] = opened(core, options.threads, precision, int(batch), int(size), directory)
        return models[key], 0.2

    serve(call_of, models.clear)


if __name__ == "__main__":
    main()
