"""The common part of the Python programs of the compatibility lab; java/Exchange.java describes the
file format."""

import base64
import json
import sys
from pathlib import Path

import numpy as np


class NotApplicable(Exception):
    """A check does not apply to a runtime, with the reason."""


def decode(tensor):
    shape = tensor["shape"]
    if tensor["dtype"] == "string":
        strings = [base64.b64decode(text) for text in tensor["strings"]]
        return np.array(strings, dtype=object).reshape(shape)
    raw = base64.b64decode(tensor["data"])
    return np.frombuffer(raw, np.dtype(tensor["dtype"]).newbyteorder("<")).reshape(shape)


def encode(value):
    value = np.asarray(value)
    tensor = {"dtype": value.dtype.name, "shape": list(value.shape)}
    if value.dtype.kind in "OSU":
        tensor["dtype"] = "string"
        elements = [x.encode() if isinstance(x, str) else bytes(x) for x in value.flat]
        tensor["strings"] = [base64.b64encode(element).decode() for element in elements]
    else:
        tensor["data"] = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
    return tensor


def of_files(case):
    """Whether a signature has files, examples or other strings as inputs or outputs."""
    tensors = [*case["inputs"].values(), *case["outputs"].values()]
    return any(tensor["dtype"] == "string" for tensor in tensors)


class Once:
    """A function of a key that is called once for each key: it returns or raises the same again."""

    def __init__(self, function):
        self.function = function
        self.results = {}

    def __call__(self, key):
        if key not in self.results:
            try:
                self.results[key] = self.function(key), None
            except Exception as failure:  # For every further case of a signature.
                self.results[key] = None, failure
        value, failure = self.results[key]
        if failure:
            raise failure
        return value


def message(failure):
    return f"{type(failure).__name__}: {failure}"


class Exchange:
    """The results of one model."""

    def __init__(self, runtime):
        self.answers = {"runtime": runtime, "calls": [], "checks": []}

    def signatures(self, keys):
        self.answers["signatures"] = sorted(keys)

    def variables(self, found):
        """Takes {name: (trainable, array)}."""
        self.answers["variables"] = {
            name: {"trainable": trainable, **encode(value)}
            for name, (trainable, value) in found.items()
        }

    def call_all(self, cases, call):
        """Calls call(signature, inputs) for every case; a failure does not stop the next call."""
        for case in cases:
            inputs = {name: decode(tensor) for name, tensor in case["inputs"].items()}
            try:
                outputs = call(case["signature"], inputs)
                answer = {"outputs": {name: encode(value) for name, value in outputs.items()}}
            except NotApplicable as reason:
                answer = {"notApplicable": str(reason)}
            except Exception as failure:  # Any failure is a finding.
                answer = {"error": message(failure)}
            self.answers["calls"].append(answer)

    def check(self, name, function):
        """Adds a check that returns a text, or fails with any exception."""
        try:
            outcome, detail = "PASSED", function() or ""
        except NotApplicable as reason:
            outcome, detail = "NOT_APPLICABLE", str(reason)
        except Exception as failure:  # Any failure is a finding.
            outcome, detail = "FAILED", message(failure)
        self.answers["checks"].append({"name": name, "outcome": outcome, "detail": detail})


def run(runtime, usage, examine):
    """Examines the models of the command line by examine(directory, cases, exchange)."""
    if len(sys.argv) < 3:
        raise SystemExit(usage)
    for sample in map(Path, sys.argv[2:]):
        exchange = Exchange(runtime)
        try:
            cases = json.loads((sample / "cases.json").read_text(encoding="utf-8"))["cases"]
            examine(sample / "model" / "1", cases, exchange)
        except Exception as failure:  # Continue with the next model.
            exchange.answers["error"] = message(failure)
        text = json.dumps(exchange.answers)
        (Path(sys.argv[1]) / f"{sample.name}.json").write_text(text, encoding="utf-8")
