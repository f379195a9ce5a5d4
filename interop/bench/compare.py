"""compare.py: Recal beside PyTorch and OpenVINO, in turns.

Run from the repository's root on a machine that does nothing else, with an interpreter that has torch and torchvision:

    python interop/bench/compare.py                       # everything, batch 16 at 224×224
    python interop/bench/compare.py --quick               # batch 4, two rounds
    python interop/bench/compare.py networks --networks resnet50,srm-resnet50 --precision float32

Parts: `networks` (training step and inference), `modules` (a block's forward and backward pass, and its exported form, at
56², 28², 14² and 7²), `exports` (optimised exports in Recal's predictor and in OpenVINO; needs openvino in --openvino-python).

Both sides are processes that stay open. Each measures one subject when its name arrives, several calls in a row of which
the first is not counted, while the other one waits; who begins alternates from round to round. A row has the medians of
all counted calls, and the median, the least and the greatest of the rounds' ratios: their time over Recal's, so above 1
Recal is faster. bfloat16 is left out where the processor has no instructions for it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NETWORKS = "resnet50,srm-resnet50,se-resnet50,an-resnet50,mobilenetv2"
MODULES = "plain:norm,attentive-norm,plain:gate,squeeze-excitation:fused,style-recalibration:fused,drconv"
EXPORTS = "resnet50,srm-resnet50,se-resnet50,an-resnet50"
SIDES = {1: 56, 2: 28, 3: 14, 4: 7}


class Side:
    """A process that measures a subject for each line."""

    def __init__(self, command):
        # Waiting threads of OpenMP would otherwise take the other side's cores.
        environment = os.environ | {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}
        words = [str(word) for word in command]
        self.process = subprocess.Popen(
            words, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def ask(self, line):
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise SystemExit(f"{self.process.args[0]} ended at: {line}")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def has_bfloat16():
    try:
        words = Path("/proc/cpuinfo").read_text().split()
    except OSError:
        return True
    return "avx512_bf16" in words or "amx_bf16" in words


def in_turns(ours, theirs, rounds, warmup):
    """Seconds of both by round; ours and theirs measure one turn."""
    found = ([], [])
    for turn in range(-warmup, rounds):
        pair = [None, None]
        for side in (0, 1) if turn % 2 == 0 else (1, 0):
            pair[side] = (ours, theirs)[side]()["seconds"]
        if turn >= 0:
            found[0].append(pair[0])
            found[1].append(pair[1])
    return found


def row(title, found, amount=None):
    ours, theirs = ([statistics.median(calls) for calls in side] for side in found)
    all_ours, all_theirs = (statistics.median(c for calls in side for c in calls) for side in found)
    ratios = [b / a for a, b in zip(ours, theirs)]
    if amount:
        columns = f"{amount / all_ours:.2f} | {amount / all_theirs:.2f}"
    else:
        columns = f"{1e3 * all_ours:.2f} | {1e3 * all_theirs:.2f}"
    print(
        f"| {title} | {columns} | **{statistics.median(ratios):.2f}** ({min(ratios):.2f}–{max(ratios):.2f}) |",
        flush=True,
    )


def heading(title, unit, other):
    print(f"\n{title}\n\n| subject | Recal, {unit} | {other}, {unit} | ratio |\n|---|---|---|---|", flush=True)


def networks(options, recal):
    torch = Side([options.torch_python, HERE / "torch_subjects.py", "--threads", options.threads])
    for precision in options.precision:
        heading(f"Networks, {precision}, batch {options.batch}, {options.size}²", "img/s", "PyTorch")
        for name in options.networks.split(","):
            for call in ("train", "infer"):
                line = f"network {name} {precision} {call} {options.batch} {options.size}"
                found = in_turns(lambda: recal.ask(line), lambda: torch.ask(line), options.rounds, options.warmup)
                row(f"{name}, {'training step' if call == 'train' else 'inference'}", found, options.batch)
            for side in (recal, torch):
                side.ask("release")
    torch.close()


def modules(options, recal):
    torch = Side([options.torch_python, HERE / "torch_subjects.py", "--threads", options.threads])
    for precision in options.precision:
        heading(f"Blocks, {precision}, batch {options.batch}", "ms", "PyTorch")
        for module in options.modules.split(","):
            for stage in map(int, options.stages.split(",")):
                for call in ("step", "forward"):
                    line = f"block {module} {stage} {precision} {call} {options.batch}"
                    found = in_turns(lambda: recal.ask(line), lambda: torch.ask(line), options.rounds, options.warmup)
                    row(f"{module}, {SIDES[stage]}², {'training' if call == 'step' else 'inference'}", found)
                for side in (recal, torch):
                    side.ask("release")
    torch.close()


def exports(options, recal):
    openvino = Side([options.openvino_python, HERE / "openvino_subjects.py", "--threads", options.threads])
    for precision in options.precision:
        for batch in sorted({1, options.batch}):
            heading(f"Exports optimised to {precision}, batch {batch}, {options.size}²", "img/s", "OpenVINO")
            for name in options.exports.split(","):
                line = f"export {name} {precision} {batch} {options.size}"
                form = precision if options.openvino_form == "same" else "plain"
                model = recal.ask(f"export {name} {form} {batch} {options.size}")["model"]
                theirs = f"model {precision} {batch} {options.size} {model}"
                found = in_turns(lambda: recal.ask(line), lambda: openvino.ask(theirs), options.rounds, options.warmup)
                row(name, found, batch)
                for side in (recal, openvino):
                    side.ask("release")
    openvino.close()


PARTS = {"networks": networks, "modules": modules, "exports": exports}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=list(PARTS), help="networks, modules, exports; all of them by default")
    parser.add_argument("--quick", action="store_true", help="batch 4 and two rounds, where not set otherwise")
    parser.add_argument("--batch", type=int, help="images; 16")
    parser.add_argument("--rounds", type=int, help="counted rounds; 5")
    parser.add_argument("--warmup", type=int, default=1, help="rounds that are not counted")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--precision", help="float32,bfloat16; by default those for which the processor has instructions")
    parser.add_argument("--networks", default=NETWORKS)
    parser.add_argument("--modules", default=MODULES)
    parser.add_argument("--stages", default="1,2,3,4")
    parser.add_argument("--exports", default=EXPORTS)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--torch-python", default=os.environ.get("RECAL_TORCH_PYTHON", sys.executable))
    parser.add_argument("--openvino-python", default=os.environ.get("RECAL_OPENVINO_PYTHON", sys.executable))
    parser.add_argument(
        "--openvino-form",
        choices=("plain", "same"),
        default="plain",
        help="which export OpenVINO reads: the plain one, which it optimises itself, or the same one as Recal",
    )
    options = parser.parse_args()
    for part in options.parts:
        if part not in PARTS:
            parser.error(f"parts: expected {', '.join(PARTS)}, but got {part!r}.")
    options.batch = options.batch or (4 if options.quick else 16)
    options.rounds = options.rounds or (2 if options.quick else 5)
    usual = "float32,bfloat16" if has_bfloat16() else "float32"
    options.precision = (options.precision or usual).split(",")
    recal = Side([ROOT / "recal", "bench", "turns"])
    for part in options.parts:
        PARTS[part](options, recal)
    recal.close()


if __name__ == "__main__":
    main()
