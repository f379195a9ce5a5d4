#!/usr/bin/env python3
"""Exercises SavedModels of Recal with Python's TensorFlow and Keras, and reports the results.

    python check_with_python.py MODEL_DIR... [--reference FILE] [--only CHECK,...] [--resave DIR]

MODEL_DIR is a SavedModel, or a directory of integer versions, of which the highest is used. Prints
a line for every check of each model, with "-" if it does not apply; exit status 1 if a check failed, 2 for
a usage error.

    objects     variables, trainable_variables, signatures, a call by position and by name
    golden      the outputs that Java recorded in assets.extra, through the signatures and the call
    gradient    the gradient through the call in inference phase, compared with a finite difference;
                not of detectors, which are trained on anchors and regions that are not exported
    reference   one training step's loss, gradients and statistics compared with Java's, if recorded
    train       a loop with tape.gradient over model(images, training=True): loss and statistics; not of
                generators and style networks, which have no training phase without a discriminator or
                a loss network, nor of detectors
    keras       TFSMLayer in a Keras model, fit: loss and statistics (weights of generators and style
                networks are fitted to images, in inference phase; a detector only predicts)
    resave      tf.saved_model.save of the loaded object, loaded again
    checkpoint  tf.train.Checkpoint restores the model's own variables and writes them
    flat        the loader of TensorFlow 1 on the same directory
    tflite      conversion and the interpreter; of a detector the signature detect_lite, without any
                of TensorFlow's own operations

--reference FILE (default: MODEL_DIR/reference.safetensors) holds images, labels, loss, gradient/NAME
and statistic/NAME. --resave DIR keeps the model that was saved again as DIR/1.

Needs tensorflow (or tensorflow-cpu) with keras, and nothing else.
"""

import argparse
import os
import sys
import tempfile
import traceback
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

from load_with_python import find_model, read_safetensors, split
from subject import ANSWERS, GRADIENTS, Skipped, Subject, close, require


def statistics(variables):
    return {v.name.removesuffix(":0"): v.numpy() for v in variables if not v.trainable}


def moved(before, after):
    return sum(not np.array_equal(value, after[name]) for name, value in before.items())


def check_objects(subject):
    model = subject.model
    trainable = [v.name for v in model.variables if v.trainable]
    require(trainable == [v.name for v in model.trainable_variables], "trainable_variables differ")
    for variable in model.variables:
        name = variable.name.removesuffix(":0")
        require(getattr(model, name) is variable, f"{name} is not an attribute of the model")
    one = model(**subject.given)
    tensors = {name: tf.constant(value) for name, value in subject.given.items()}
    ways = [
        model(*subject.given.values()),
        model(*subject.given.values(), training=False),
        model.serve(*tensors.values()),
        model.signatures["serving_default"](**tensors),
    ]
    if len(tensors) == 1:
        ways.append(model.signatures["serving_default"](*tensors.values()))
    for other in ways:
        require(
            sorted(one) == sorted(other),
            f"Expected the same outputs, but got {sorted(one)} and {sorted(other)}.",
        )
        for name in one:
            close(other[name], one[name], 1e-5, name)
    single = model(**subject.first(1))[subject.result]
    close(single, one[subject.result][:1], 1e-3, "the answer on one input alone")
    return (f"{len(model.variables)} variables, {len(trainable)} trainable;"
            f" signatures {', '.join(sorted(model.signatures))}")


def check_golden(subject):
    extra = subject.directory / "assets.extra"
    require((extra / "golden_outputs.safetensors").is_file(), "there are no golden inputs")
    inputs = split(read_safetensors(extra / "golden_inputs.safetensors"))
    outputs = split(read_safetensors(extra / "golden_outputs.safetensors"))
    model = subject.model
    worst = 0.0
    for signature, expected in outputs.items():
        fed = {name: tf.constant(value) for name, value in inputs[signature].items()}
        answers = model.signatures[signature](**fed)
        for name, value in expected.items():
            worst = max(worst, close(answers[name], value, ANSWERS, f"{signature}/{name}"))
    return f"{len(outputs)} signatures, relative error at most {worst:.1e}"


def check_gradient(subject):
    subject.require_gradient()
    model = subject.load()
    variables = model.trainable_variables
    before = statistics(model.variables)
    with tf.GradientTape() as tape:
        loss = subject.loss(model(**subject.given))
    gradients = tape.gradient(loss, variables, unconnected_gradients="zero")
    norm = float(tf.linalg.global_norm(gradients))
    require(norm > 0, "the gradient is zero")
    # Changes that are small compared with the curvature; the second one is far above rounding errors of a large loss.
    start = [tf.identity(variable) for variable in variables]
    differences = []
    for change in (5e-3 * min(1.0, float(loss)), 5e-3 * float(loss)):
        length = change / norm
        sides = []
        for sign in (1, -1):
            for variable, value, gradient in zip(variables, start, gradients):
                variable.assign(value + sign * length / norm * gradient)
            sides.append(float(subject.loss(model(**subject.given))))
        differences.append((sides[0] - sides[1]) / (2 * length))
    difference = min(differences, key=lambda one: abs(one - norm))
    close(difference, norm, 0.1, "the difference along the gradient")
    require(moved(before, statistics(model.variables)) == 0, "inference updated statistics")
    return f"norm {norm:.4g}, difference {difference:.4g}"


def check_reference(subject):
    path = subject.reference
    if not path.is_file():
        raise Skipped(f"there is no {path.name}")
    tensors = read_safetensors(path)
    model = subject.load()
    with tf.GradientTape() as tape:
        outputs = model(tensors["images"], training=True)
        loss = subject.loss(outputs, tensors["labels"])
    by_name = {v.name.removesuffix(":0"): v for v in model.variables}
    expected = {k.removeprefix("gradient/"): x for k, x in tensors.items() if k.startswith("gradient/")}
    require(set(expected) == {v.name.removesuffix(":0") for v in model.trainable_variables},
            "Java's gradients are of other variables")
    gradients = tape.gradient(loss, [by_name[name] for name in expected])
    lost = [name for name, gradient in zip(expected, gradients) if gradient is None]
    require(not lost, f"no gradient for {lost}")
    close(float(loss), float(tensors["loss"]), ANSWERS, "the loss")
    # A gradient that is zero except for rounding has no scale, so all share one.
    scale = np.sqrt(sum(float(np.sum(np.square(x, dtype=np.float64))) for x in expected.values()))
    worst = 0.0
    for (name, value), gradient in zip(expected.items(), gradients):
        gradient = tf.convert_to_tensor(gradient).numpy()
        error = np.linalg.norm(gradient - value) / max(np.linalg.norm(value), 1e-3 * scale)
        require(error <= GRADIENTS, f"the gradient of {name} is off by {error:.1e}")
        worst = max(worst, error)
    furthest = 0.0
    count = 0
    for key, value in tensors.items():
        if key.startswith("statistic/"):
            count += 1
            name = key.removeprefix("statistic/")
            furthest = max(furthest, close(by_name[name], value, ANSWERS, name))
    return (f"loss {float(loss):.6f}, {len(expected)} gradients within {worst:.1e},"
            f" {count} statistics within {furthest:.1e}")


def check_train(subject):
    subject.require_training()
    model = subject.load()
    before = statistics(model.variables)
    optimizer = tf.keras.optimizers.Adam(1e-3)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = subject.loss(model(**subject.given, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        pairs = zip(gradients, model.trainable_variables)
        optimizer.apply_gradients((g, v) for g, v in pairs if g is not None)
        return loss

    losses = [float(step()) for _ in range(8)]
    require(losses[-1] < losses[0], f"the loss went from {losses[0]:.4f} to {losses[-1]:.4f}")
    count = moved(before, statistics(model.variables))
    require(count > 0 or not before, "no statistic moved")
    return f"loss {losses[0]:.4f} -> {losses[-1]:.4f}, {count} of {len(before)} statistics moved"


def check_keras(subject):
    import keras

    if len(subject.specs) > 1:
        raise Skipped("TFSMLayer passes one input, but this model takes several")
    (spec,), (given,) = subject.specs.values(), subject.given.values()
    # A generator has no function in training phase: its weights are fitted in inference phase.
    layer = keras.layers.TFSMLayer(
        str(subject.directory), call_endpoint="serving_default",
        call_training_endpoint="train" if subject.trains else None)
    inputs = keras.Input(spec.shape[1:])
    model = keras.Model(inputs, layer(inputs)[subject.result])
    answer = model.predict(given, verbose=0)
    close(answer, subject.outputs[subject.result], ANSWERS, subject.result)
    if subject.detects:
        return "predict: the same answers"
    before = [v.numpy() for v in layer.non_trainable_weights]
    loss = (keras.losses.MeanSquaredError() if subject.generates
            else keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.compile(keras.optimizers.Adam(1e-3), loss)
    # Inside fit, Keras 3 rejects the names of any SavedModel's variables for an optimizer's slots.
    model.optimizer.build(model.trainable_variables)
    history = model.fit(
        given, subject.targets, batch_size=8, epochs=6, shuffle=False, verbose=0)
    losses = history.history["loss"]
    require(losses[-1] < losses[0], f"the loss went from {losses[0]:.4f} to {losses[-1]:.4f}")
    changed = sum(
        not np.array_equal(a, b.numpy()) for a, b in zip(before, layer.non_trainable_weights))
    require((changed > 0) == (subject.trains and bool(before)),
            f"{changed} of {len(before)} statistics moved")
    return (f"fit: loss {losses[0]:.4f} -> {losses[-1]:.4f},"
            f" {changed} of {len(before)} statistics moved")


def check_resave(subject):
    model = subject.model
    expected = subject.outputs
    with tempfile.TemporaryDirectory() as folder:
        path = str(subject.resaved / "1") if subject.resaved else folder
        tf.saved_model.save(model, path, signatures=dict(model.signatures))
        again = tf.saved_model.load(path)
        tensors = {name: tf.constant(value) for name, value in subject.given.items()}
        for answers in (again(**subject.given), again.signatures["serving_default"](**tensors)):
            for name in expected:
                close(answers[name], expected[name], 1e-5, name)
        require([v.name for v in again.trainable_variables]
                == [v.name for v in model.trainable_variables], "trainable_variables differ")
        if subject.detects:
            return "the same answers"
        with tf.GradientTape() as tape:
            loss = subject.loss(again(**subject.given, training=subject.trains))
        gradients = tape.gradient(loss, again.trainable_variables)
        count = sum(gradient is not None for gradient in gradients)
        require(count > 0, "no gradients after the second load")
    return f"the same answers; {count} of {len(gradients)} variables have gradients"


def check_checkpoint(subject):
    model = subject.load()
    expected = subject.outputs[subject.result]
    for variable in model.variables:
        variable.assign(tf.ones_like(variable) * 0.5)
    prefix = str(subject.directory / "variables" / "variables")
    checkpoint = tf.train.Checkpoint(model)
    checkpoint.read(prefix).assert_existing_objects_matched()
    close(model(**subject.given)[subject.result], expected, 1e-5, subject.result)
    with tempfile.TemporaryDirectory() as folder:
        written = checkpoint.write(folder + "/again")
        keys = tf.train.load_checkpoint(written).get_variable_to_shape_map()
    own = tf.train.load_checkpoint(prefix).get_variable_to_shape_map()
    for variable in model.variables:
        key = variable.name.removesuffix(":0") + "/.ATTRIBUTES/VARIABLE_VALUE"
        require(own.get(key) == variable.shape.as_list(), f"{key} is not in the checkpoint")
    return f"{len(own) - 1} tensors restored, {len(keys) - 1} written"


def check_flat(subject):
    expected = subject.outputs
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        graph = tf.compat.v1.saved_model.load(session, ["serve"], str(subject.directory))
        signature = graph.signature_def["serving_default"]
        fed = {signature.inputs[name].name: value for name, value in subject.given.items()}
        answers = session.run({k: v.name for k, v in signature.outputs.items()}, fed)
        for name in expected:
            close(answers[name], expected[name], ANSWERS, name)
        count = len(tf.compat.v1.trainable_variables())
        keys = sorted(graph.signature_def)
        if subject.detects:
            return f"{count} trainable variables; signatures {', '.join(keys)}"
        result = session.graph.get_tensor_by_name(signature.outputs[subject.result].name)
        found = [g for g in tf.gradients(result, tf.compat.v1.trainable_variables()) if g is not None]
        require(found, "there are no gradients")
    return f"{count} trainable variables, gradients for {len(found)}; signatures {', '.join(keys)}"


def lite_detections(subject):
    """Compares detect_lite in the interpreter with itself in TensorFlow, image by image."""
    key = "detect_lite"
    signature = subject.model.signatures[key]
    converter = tf.lite.TFLiteConverter.from_saved_model(
        str(subject.directory), signature_keys=[key])
    content = converter.convert()
    interpreter = tf.lite.Interpreter(model_content=content)
    own = [op["op_name"] for op in interpreter._get_ops_details()]
    foreign = sorted({name for name in own if name.startswith("Flex")})
    require(not foreign, f"{foreign} are TensorFlow's operations")
    runner = interpreter.get_signature_runner(key)
    shape = signature.structured_input_signature[1]["images"].shape
    images = tf.image.resize(subject.given["images"], shape[1:3]).numpy()
    worst = 0.0
    for image in images[:4]:
        expected = signature(images=tf.constant(image[None]))
        answers = runner(images=image[None])
        for name, value in expected.items():
            worst = max(worst, close(answers[name], value, 1e-3, name))
    return f"{key}: {len(content)} bytes, {len(own)} operations, error {worst:.1e}"


def check_tflite(subject):
    if subject.detects:
        return lite_detections(subject)
    expected = subject.outputs
    converter = tf.lite.TFLiteConverter.from_saved_model(
        str(subject.directory), signature_keys=["serving_default"])
    converter.target_spec.supported_ops = [
        tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]
    content = converter.convert()
    interpreter = tf.lite.Interpreter(model_content=content)
    own = [op["op_name"] for op in interpreter._get_ops_details()]
    foreign = sorted({name for name in own if name.startswith("Flex")})
    try:
        runner = interpreter.get_signature_runner("serving_default")
        runner(**subject.first(1))
    except RuntimeError as failure:
        # Python's wheels do not contain the delegate that runs TensorFlow's own operations.
        if foreign and "Flex delegate" in str(failure):
            raise Skipped(f"converted to {len(content)} bytes, but {', '.join(foreign)} needs TFLite"
                          " with its Flex delegate") from failure
        raise
    worst = 0.0
    for count in (1, 8):
        answers = runner(**subject.first(count))
        for name in expected:
            error = close(answers[name], expected[name][:count], 1e-3, f"{name} of {count}")
            worst = max(worst, error)
    return f"{len(content)} bytes, {len(own)} operations, error {worst:.1e}"


CHECKS = {
    name.removeprefix("check_"): function
    for name, function in list(globals().items()) if name.startswith("check_")
}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path, nargs="+", metavar="MODEL_DIR")
    parser.add_argument("--reference", type=Path, metavar="FILE")
    parser.add_argument("--only", metavar="CHECK,...", default=",".join(CHECKS))
    parser.add_argument("--resave", type=Path, metavar="DIR")
    parser.add_argument("--trace", action="store_true", help="print the stack trace of a failed check")
    arguments = parser.parse_args()
    chosen = arguments.only.split(",")
    unknown = sorted(set(chosen) - set(CHECKS))
    if unknown:
        parser.error(f"--only: there is no check {unknown}; there are {sorted(CHECKS)}")
    failures = 0
    for path in arguments.models:
        directory = find_model(path)
        print(f"{directory} in TensorFlow {tf.__version__}")
        reference = arguments.reference or path / "reference.safetensors"
        subject = Subject(directory, reference, arguments.resave)
        for name in chosen:
            try:
                print(f"  {'ok':6} {name:10} {CHECKS[name](subject)}")
            except Skipped as reason:
                print(f"  {'-':6} {name:10} {reason}")
            except Exception as failure:  # Any failure of a consumer is a finding.
                failures += 1
                print(f"  {'FAILED':6} {name:10} {type(failure).__name__}: {failure}")
                if arguments.trace:
                    traceback.print_exc()
            sys.stdout.flush()
    print(f"{failures} checks failed" if failures else "All checks passed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
