#!/usr/bin/env python3
"""Converts SavedModels of Recal with tensorflowjs_converter and calls them with TensorFlow.js in Node.

    python lab_tfjs.py ANSWERS_DIR SAMPLE_DIR...

Usage as in lab_tensorflow.py; needs the packages of requirements-tfjs.txt, node and npm, which
downloads @tensorflow/tfjs into the directory above ANSWERS_DIR once.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# With oneDNN, the converter's optimiser fuses a batch norm and its ReLU into an operation that the
# converter itself rejects.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import tensorflow as tf
from tensorflow.python.tools import saved_model_utils as loader
from tensorflowjs.converters import tf_saved_model_conversion_v2 as conversion

from lab_exchange import message, of_files, run

PACKAGE = "@tensorflow/tfjs@4.22.0"


def node_modules():
    home = Path(sys.argv[1]).resolve().parent / "node"
    modules = home / "node_modules"
    if not (modules / "@tensorflow" / "tfjs").is_dir():
        home.mkdir(exist_ok=True)
        command = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--silent"]
        subprocess.run([*command, "--prefix", str(home), PACKAGE], check=True)
    return modules


def public_names(directory, signature):
    """Maps the tensors of the converted model to the names of the outputs.

    Outputs of a function are in the order of their names, as Identity, Identity_1 and so on.
    """
    meta = loader.get_meta_graph_def(str(directory), "serve")
    outputs = meta.signature_def[signature].outputs
    names = {tensor.name: name for name, tensor in outputs.items()}
    for number, name in enumerate(sorted(outputs)):
        names[f"Identity_{number}:0" if number else "Identity:0"] = name
    return names


def renamed(answer, names):
    if "outputs" not in answer:
        return answer
    return {"outputs": {names.get(name, name): x for name, x in answer["outputs"].items()}}


def run_node(graphs, cases):
    answers = Path(graphs) / "answers.json"
    script = Path(__file__).with_suffix(".js")
    subprocess.run(
        ["node", str(script), str(graphs), str(cases), str(answers)],
        env={**os.environ, "NODE_PATH": str(node_modules())}, check=True)
    return json.loads(answers.read_text(encoding="utf-8"))


def examine(directory, cases, exchange):
    with tempfile.TemporaryDirectory() as folder:
        failures = {}
        for case in cases:
            signature = case["signature"]
            target = Path(folder) / signature
            if not of_files(case) and signature not in failures and not target.exists():
                try:
                    # Without assertions, which TensorFlow.js lacks.
                    conversion.convert_tf_saved_model(
                        str(directory), str(target), signature_def=signature,
                        saved_model_tags="serve", strip_debug_ops=True)
                except Exception as failure:  # Continue with the other signatures.
                    failures[signature] = message(failure)
        said = run_node(folder, directory.parents[1] / "cases.json")
        exchange.answers["runtime"] = f"{said['runtime']}, converted with TensorFlow {tf.__version__}"
        exchange.signatures({case["signature"] for case in cases})
        for case, answer in zip(cases, said["answers"]):
            if case["signature"] in failures:
                answer = {"error": failures[case["signature"]]}
            elif answer is None:
                answer = {"notApplicable":
                          "TensorFlow.js has no operations that read or write files of images."}
            names = public_names(directory, case["signature"])
            exchange.answers["calls"].append(renamed(answer, names))


if __name__ == "__main__":
    run(tf.__version__, __doc__, examine)
