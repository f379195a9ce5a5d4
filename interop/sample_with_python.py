#!/usr/bin/env python3
"""Generates images with an exported generator in Python's TensorFlow, and compares them with Java's.

    python sample_with_python.py MODEL_DIR [--seed 7] [--count 8] [--files DIR] [--npy FILE]
                                 [--reference FILE] [--tolerance 1e-5]

MODEL_DIR is a SavedModel, or a directory of integer versions, of which the highest is used. The
images of the seed come from the signature generate_seeded, once through the object that
tf.saved_model.load gives and once through TensorFlow 1's loader; from z, sampled by
tf.random.stateless_normal, through generate; and as PNG files from generate_seeded_bytes. All must
agree.

--reference FILE is a safetensors file with Java's outputs: seed, count, images and, if present,
z, style and mixed. Without it the outputs recorded by Java in assets.extra are used, if the model has
golden inputs of generate_seeded. Differences are the maximum over all pixels, in 0-1.

Exit status 1 if one is above the tolerance, 2 for a usage error. Needs tensorflow (or tensorflow-cpu).
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

from load_with_python import find_model, read_safetensors, split

# A PNG file has 255 steps; a value between two may be rounded in either direction.
PNG_STEP = 1 / 255


def by_objects(model, seed, count):
    signature = model.signatures["generate_seeded"]
    return signature(seed=tf.constant(seed, tf.int64), count=tf.constant(count, tf.int32))["images"]


def by_flat_graph(directory, seed, count):
    """Loads the model like servers and TensorFlow 1."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        meta = tf.compat.v1.saved_model.load(session, ["serve"], str(directory))
        signature = meta.signature_def["generate_seeded"]
        feeds = {signature.inputs["seed"].name: seed, signature.inputs["count"].name: count}
        return session.run(signature.outputs["images"].name, feeds)


def by_vectors(model, seed, count):
    signature = model.signatures["generate"]
    latent = signature.structured_input_signature[1]["z"].shape[1]
    z = tf.random.stateless_normal([count, latent], seed=[seed, 0])
    return signature(z=z)["images"]


def by_files(model, seed, count):
    signature = model.signatures["generate_seeded_bytes"]
    files = signature(seed=tf.constant(seed, tf.int64), count=tf.constant(count, tf.int32))
    files = files["image_bytes"].numpy()
    return files, np.stack([tf.io.decode_png(file).numpy() for file in files]) / np.float32(255)


def java_answer(arguments, directory):
    """Returns seed, count and {name: array} of Java's outputs; empty if there are none."""
    if arguments.reference:
        tensors = read_safetensors(arguments.reference)
        return int(tensors["seed"]), int(tensors["count"]), tensors
    golden = directory / "assets.extra" / "golden_inputs.safetensors"
    if arguments.seed is None and golden.is_file():
        inputs = split(read_safetensors(golden)).get("generate_seeded")
        if inputs:
            outputs = split(read_safetensors(golden.with_name("golden_outputs.safetensors")))
            return int(inputs["seed"]), int(inputs["count"]), outputs["generate_seeded"]
    return arguments.seed or 0, arguments.count, {}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, metavar="MODEL_DIR")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--files", type=Path, metavar="DIR")
    parser.add_argument("--npy", type=Path, metavar="FILE")
    parser.add_argument("--reference", type=Path, metavar="FILE")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    arguments = parser.parse_args()

    directory = find_model(arguments.model)
    seed, count, java = java_answer(arguments, directory)
    model = tf.saved_model.load(str(directory))
    images = by_objects(model, seed, count).numpy()
    files, decoded = by_files(model, seed, count)
    rest = by_objects(model, seed, 1).numpy()
    checks = {
        "objects and flat graph": (images, by_flat_graph(directory, seed, count), 0),
        "a seed and its vectors": (images, by_vectors(model, seed, count), 0),
        "a count of 1 and the first of more": (images[:1], rest, 0),
        "PNG files and floats": (images, decoded, PNG_STEP / 2),
    }
    if "images" in java:
        checks["Python and Java"] = (images, java["images"], 0)
    if "mixed" in java:
        mixed = model.signatures["mix"](
            z=tf.constant(java["z"]), style=tf.constant(java["style"]))["images"]
        checks["Python and Java, mixed"] = (mixed, java["mixed"], 0)

    failed = False
    for name, (one, other, slack) in checks.items():
        one, other = np.asarray(one), np.asarray(other)
        error = float(np.abs(one - other).max()) if one.shape == other.shape else float("inf")
        good = error <= arguments.tolerance + slack
        failed |= not good
        print(f"{'ok ' if good else 'BAD'} {name}: {error:.1e}")
    print(f"{count} images of seed {seed}, {images.shape[1]}x{images.shape[2]},"
          f" from {images.min():.3f} to {images.max():.3f}")
    if arguments.files:
        arguments.files.mkdir(parents=True, exist_ok=True)
        for number, file in enumerate(files):
            (arguments.files / f"{number:06d}.png").write_bytes(file)
    if arguments.npy:
        np.save(arguments.npy, images)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
