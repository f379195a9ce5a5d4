#!/usr/bin/env python3
"""Generates images with an exported generator of one image in Python's TensorFlow, and compares its
outputs with Java's.

    python pyramid_with_python.py MODEL_DIR [--seed 7] [--files DIR] [--tolerance 1e-4]

MODEL_DIR is a SavedModel, or a directory of integer versions, of which the highest is used. The model
must have the golden outputs that Java recorded in assets.extra. Also tested: images of a seed and of
other sizes, their PNG files, which Pillow reads, and a refined image. --files DIR keeps the PNG files.
Differences are the maximum over all pixels, in 0-1.

Exit status 1 if a check failed, 2 for a usage error. Needs tensorflow (or tensorflow-cpu) and pillow.
"""

import argparse
import io
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf
from PIL import Image

from load_with_python import find_model, read_safetensors, split

# A PNG file has 255 steps; a value between two may be rounded in either direction.
PNG_STEP = 1 / 255


class Pyramid:
    """The signatures as functions of Python's numbers."""

    def __init__(self, directory):
        self.signatures = tf.saved_model.load(str(directory)).signatures

    def call(self, key, **inputs):
        specs = self.signatures[key].structured_input_signature[1]
        tensors = {name: tf.constant(value, specs[name].dtype) for name, value in inputs.items()}
        return {name: value.numpy() for name, value in self.signatures[key](**tensors).items()}

    def images(self, key, **inputs):
        return self.call(key, **inputs)["images"]


def difference(one, other):
    return float(np.abs(one - other).max()) if one.shape == other.shape else float("inf")


def of_java(pyramid, directory):
    """Yields the difference of every golden output."""
    extra = directory / "assets.extra"
    inputs = split(read_safetensors(extra / "golden_inputs.safetensors"))
    outputs = split(read_safetensors(extra / "golden_outputs.safetensors"))
    for key, expected in outputs.items():
        found = pyramid.call(key, **inputs[key])
        for name, value in expected.items():
            yield f"Python and Java, {key} {name}", difference(found[name], value)


def of_sizes(pyramid, height, width, seed, folder):
    """Yields the differences of images of several sizes and their PNG files."""
    for rows, columns in ((height, width), (height, 2 * width), (2 * height, width)):
        size = {"seed": seed, "height": rows, "width": columns, "start_scale": 0}
        images = pyramid.images("generate", count=2, **size)
        title = f"{columns}x{rows}"
        shaped = images.shape[:3] == (2, rows, columns)
        yield f"{title}, its shape", 0 if shaped else float("inf")
        yield f"{title}, a seed again", difference(images, pyramid.images("generate", count=2, **size))
        yield f"{title}, one and the first of two", difference(
            images[:1], pyramid.images("generate", count=1, **size))
        files = pyramid.call("generate_bytes", count=2, **size)["image_bytes"]
        decoded = [Image.open(io.BytesIO(file)) for file in files]
        if any(image.format != "PNG" for image in decoded):
            raise ValueError(f"Expected PNG files, but got {[image.format for image in decoded]}.")
        pixels = np.stack([np.asarray(image, np.float32) for image in decoded]).reshape(images.shape)
        yield f"{title}, PNG files", max(0, difference(images, pixels / 255) - PNG_STEP / 2)
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            for number, file in enumerate(files):
                (folder / f"{title}-{number}.png").write_bytes(file)


def refined(pyramid, original, seed):
    """Returns whether refining an image gives one of the same size, in 0-1, that is another one."""
    image = pyramid.images("refine", images=original, seed=seed, start_scale=1)
    inside = image.min() >= 0 and image.max() <= 1
    return image.shape == original.shape and inside and difference(image, original) > PNG_STEP


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, metavar="MODEL_DIR")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--files", type=Path, metavar="DIR")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    arguments = parser.parse_args()

    directory = find_model(arguments.model)
    pyramid = Pyramid(directory)
    differences = dict(of_java(pyramid, directory))
    original = pyramid.call("reconstruct", amplitude=1)["original"]
    height, width = original.shape[1:3]
    differences.update(of_sizes(pyramid, height, width, arguments.seed, arguments.files))
    if not refined(pyramid, original, arguments.seed):
        differences["refined image"] = float("inf")
    for name, error in differences.items():
        print(f"{'ok ' if error <= arguments.tolerance else 'BAD'} {name}: {error:.1e}")
    return 1 if max(differences.values()) > arguments.tolerance else 0


if __name__ == "__main__":
    sys.exit(main())
