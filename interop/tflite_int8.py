#!/usr/bin/env python3
"""Converts an exported model to TensorFlow Lite with int8 weights, and compares the two.

    python interop/tflite_int8.py MODEL OUT.tflite --images FOLDER [--float] [--min-agreement 0.98]

MODEL is a plain SavedModel of `recal export` (MODEL/VERSION, or MODEL for its highest version). Its signature
`serving_default` is converted with dynamic range quantisation: weights in int8, with a scale for each
output channel; activations are quantised at run time. `--float` converts without quantisation, for
comparison.

Both models are run on the images of FOLDER, at most 1,000 (shorter side resized to the model's size,
centre crop), or on noise without --images. Nothing is written if they predict the same class for a
smaller share of the images than --min-agreement. Prints a line of JSON: sizes, agreement, logits,
times.

Needs tensorflow (or tensorflow-cpu) 2.16 or newer.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import tensorflow as tf

SIGNATURE = "serving_default"
SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif"}
MOST = 1000


def version(model):
    """Returns the directory of the model's highest version."""
    if (model / "saved_model.pb").is_file():
        return model
    versions = [int(path.name) for path in model.iterdir() if path.name.isdigit()] if model.is_dir() else []
    if not versions:
        sys.exit(f"MODEL: expected a SavedModel or a directory of versions, but got {model}.")
    return model / str(max(versions))


def convert(directory, quantised):
    converter = tf.lite.TFLiteConverter.from_saved_model(str(directory), signature_keys=[SIGNATURE])
    if quantised:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return converter.convert()


def pixels(folder, size):
    """Returns images of 1 x size x size x 3 in 0 to 1."""
    if folder is None:
        random = np.random.RandomState(1)
        return [random.rand(1, size, size, 3).astype(np.float32) for _ in range(32)]
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)[:MOST]
    if not found:
        sys.exit(f"--images: there are no images in {folder}.")
    return [decoded(path, size) for path in found]


def decoded(path, size):
    image = tf.io.decode_image(path.read_bytes(), channels=3, expand_animations=False)
    height, width = image.shape[:2]
    scale = size / min(height, width)
    rows, columns = max(size, round(height * scale)), max(size, round(width * scale))
    image = tf.image.resize(tf.cast(image, tf.float32) / 255, [rows, columns])
    top, left = (rows - size) // 2, (columns - size) // 2
    return image[top:top + size, left:left + size][None].numpy()


def timed(call, images):
    """Returns the outputs, and the median seconds of a call after the first one."""
    answers, seconds = [], []
    for image in images:
        start = time.perf_counter()
        answers.append(call(image))
        seconds.append(time.perf_counter() - start)
    return np.concatenate(answers), float(np.median(seconds[1:] or seconds))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--images", type=Path)
    parser.add_argument("--float", action="store_true", dest="plain")
    parser.add_argument("--min-agreement", type=float, default=0.98)
    # The earlier name.
    parser.add_argument("--least-agreement", type=float, dest="min_agreement", default=argparse.SUPPRESS,
                        help=argparse.SUPPRESS)
    arguments = parser.parse_args()

    directory = version(arguments.model)
    content = convert(directory, not arguments.plain)
    interpreter = tf.lite.Interpreter(model_content=content, num_threads=os.cpu_count())
    runner = interpreter.get_signature_runner(SIGNATURE)
    model = tf.saved_model.load(str(directory))
    signature = model.signatures[SIGNATURE]
    size = signature.structured_input_signature[1]["images"].shape[1]

    images = pixels(arguments.images, size)
    expected, slow = timed(lambda x: signature(images=tf.constant(x))["logits"].numpy(), images)
    answers, quick = timed(lambda x: runner(images=x)["logits"], images)
    same = float(np.mean(expected.argmax(1) == answers.argmax(1)))
    bytes_before = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
    print(json.dumps({
        "form": "float32" if arguments.plain else "int8 weights",
        "images": len(images),
        "sameClass": same,
        "largestLogit": float(np.abs(expected).max()),
        "largestLogitDifference": float(np.abs(expected - answers).max()),
        "savedModelBytes": bytes_before,
        "bytes": len(content),
        "savedModelSeconds": slow,
        "seconds": quick,
    }))
    if not same >= arguments.min_agreement:
        sys.exit(f"OUT: {arguments.out} is not written: the same class for {same:.2%} of the images;"
                 f" expected at least {arguments.min_agreement:.2%}.")
    arguments.out.write_bytes(content)


if __name__ == "__main__":
    main()
