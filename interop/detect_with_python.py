#!/usr/bin/env python3
"""Finds objects with an exported detector in Python's TensorFlow, and compares its outputs with Java's.

    python detect_with_python.py MODEL_DIR [--tolerance 1e-4] [--images FILE...]

MODEL_DIR is a SavedModel, or a directory of integer versions, of which the highest is used. The model
must have the golden outputs that Java recorded in assets.extra. Also tested: images with padding, which
does not change what is found, and files of different sizes, whose boxes are relative to each file's
image. --images prints what is found in JPEG or PNG files instead.

Differences are the maximum over all boxes, scores and masks, which are in 0-1; classes and counts must
be equal. Exit status 1 if a check failed, 2 for a usage error. Needs tensorflow (or tensorflow-cpu).
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

from load_with_python import find_model, read_safetensors, split

# Whole numbers: a different class is not a rounding error.
EXACT = {"detection_classes", "num_detections"}


class Detector:
    """The signatures as functions of arrays."""

    def __init__(self, directory):
        self.signatures = tf.saved_model.load(str(directory)).signatures
        lite = self.signatures["detect_lite"].structured_input_signature[1]["images"]
        self.height, self.width = lite.shape[1:3]

    def call(self, key, **inputs):
        specs = self.signatures[key].structured_input_signature[1]
        tensors = {name: tf.constant(value, specs[name].dtype) for name, value in inputs.items()}
        return {name: value.numpy() for name, value in self.signatures[key](**tensors).items()}

    def scene(self, image):
        """Returns an image in the input's size."""
        return tf.image.resize(image, (self.height, self.width), "nearest").numpy()

    def padded(self, images, random):
        """Calls detect_padded with images on a canvas of the input's size, and noise around them."""
        canvas = random.random((len(images), self.height, self.width, 3), np.float32)
        for row, image in zip(canvas, images):
            row[:image.shape[0], :image.shape[1]] = image
        sizes = [image.shape[:2] for image in images]
        return self.call("detect_padded", images=canvas, image_sizes=sizes)

    def of_files(self, files):
        return self.call("detect_bytes", image_bytes=files)


def difference(found, expected):
    """Returns the largest difference of all outputs."""
    if sorted(found) != sorted(expected):
        return float("inf")
    worst = 0.0
    for name, value in expected.items():
        other = found[name]
        if other.shape != value.shape or name in EXACT and not np.array_equal(other, value):
            return float("inf")
        worst = max(worst, float(np.abs(other - value).max()))
    return worst


def of_java(detector, directory):
    """Yields the difference of every signature with golden outputs."""
    extra = directory / "assets.extra"
    inputs = split(read_safetensors(extra / "golden_inputs.safetensors"))
    outputs = split(read_safetensors(extra / "golden_outputs.safetensors"))
    for key, expected in outputs.items():
        yield f"Python and Java, {key}", difference(detector.call(key, **inputs[key]), expected)


def of_padding(detector, image):
    """Yields the difference of an image with and without padding.

    Within the cells of 32 pixels that detect fills up itself: wider padding is seen by the network.
    """
    height, width = (side - (side - 1) % 32 // 2 for side in image.shape[:2])
    small = image[:height, :width]
    alone = detector.call("detect", images=small[None])
    for seed in (1, 2):
        found = detector.padded([small], np.random.default_rng(seed))
        yield f"detect and detect_padded, padding {seed}", difference(found, alone)


def png(image):
    return tf.io.encode_png(tf.cast(tf.round(255 * image), tf.uint8)).numpy()


def halved(image):
    """Returns an image as evaluation resizes it: bilinear with antialiasing, rounded to 255 steps."""
    size = [side // 2 for side in image.shape[:2]]
    return (tf.floor(tf.image.resize(tf.round(255 * image), size, antialias=True) + 0.5) / 255).numpy()


def of_sizes(detector, image):
    """Yields the differences of files of several sizes in a batch, of which only the last is resized.

    Boxes are relative to each file's image, so resizing does not change them.
    """
    wide = image[:detector.height * 3 // 4]
    tall = image[:, :detector.width * 5 // 6]
    large = tall.repeat(2, 0).repeat(2, 1)
    files = [png(one) for one in (wide, tall, large)]
    found = detector.of_files(files)
    expected = detector.padded([wide, tall, halved(large)], np.random.default_rng(3))
    yield "detect_padded and detect_bytes", difference(found, expected)
    mixed = detector.of_files(files[::-1])
    yield "detect_bytes in another order", difference(
        {name: value[::-1] for name, value in mixed.items()}, found)


def print_objects(detector, path):
    found = {name: value[0] for name, value in detector.of_files([path.read_bytes()]).items()}
    print(path)
    for i in range(int(found["num_detections"])):
        box = " ".join(f"{edge:.4f}" for edge in found["detection_boxes"][i])
        print(f"  class {int(found['detection_classes'][i])}"
              f"  score {found['detection_scores'][i]:.4f}  ymin xmin ymax xmax {box}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, metavar="MODEL_DIR")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--images", type=Path, nargs="+", metavar="FILE")
    arguments = parser.parse_args()

    directory = find_model(arguments.model)
    detector = Detector(directory)
    if arguments.images:
        for path in arguments.images:
            print_objects(detector, path)
        return 0
    differences = dict(of_java(detector, directory))
    golden = split(read_safetensors(directory / "assets.extra" / "golden_inputs.safetensors"))
    image = detector.scene(golden["detect"]["images"][0])
    found = int(detector.call("detect", images=image[None])["num_detections"][0])
    print(f"{found} objects in {image.shape[1]}x{image.shape[0]} pixels")
    if not found:
        differences["objects found"] = float("inf")
    differences.update(of_padding(detector, image))
    differences.update(of_sizes(detector, image))
    for name, error in differences.items():
        print(f"{'ok ' if error <= arguments.tolerance else 'BAD'} {name}: {error:.1e}")
    return 0 if all(error <= arguments.tolerance for error in differences.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
