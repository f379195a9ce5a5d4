"""bench_singan.py: times a training step of one-shot synthesis in Recal and in PyTorch, scale by scale, in alternation.

Run from the repository's root with an interpreter that has torch and safetensors, on a machine that does nothing else:

    python interop/bench_singan.py --height 188 --width 250 --scales 0,3,4,7,8 --skip slim,none --precision float32

Each row is one scale: the medians of both, and how many times faster Recal is. Both take the whole step: three updates of
the critic with the gradient penalty, three of the generator, and the frozen scales below. PyTorch runs
torch_singan_bench.py, the same equations as a PyTorch programmer would write them.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def output(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def recal(options, scale, skip, precision):
    command = [HERE.parent / "recal", "bench", "oneshot", "--json", "--height", options.height, "--width", options.width]
    command += ["--scale", scale, "--skip", skip, "--precision", precision]
    command += ["--repeats", options.repeats, "--warm-up", options.warmup]
    return json.loads(output([str(word) for word in command]))[0]


def pytorch(options, row):
    dilation = 0 if row["skip"] == "none" or row["scale"] == 0 else 5 if row["scale"] < 4 else 8
    command = [sys.executable, HERE / "torch_singan.py", "bench", "--height", row["height"], "--width", row["width"]]
    command += ["--channels", row["channels"], "--width-of-network", row["networkWidth"], "--dilation", dilation]
    command += ["--steps", options.repeats, "--warmup", options.warmup, "--dtype", row["precision"]]
    command += ["--threads", options.threads]
    answer = json.loads(output([str(word) for word in command]))
    return answer["seconds" if row["scale"] == 0 else "seconds_with_scales_below"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--height", type=int, default=188)
    parser.add_argument("--width", type=int, default=250)
    parser.add_argument("--scales", default="0,1,2,3,4,5,6,7,8")
    parser.add_argument("--skip", default="slim,none")
    parser.add_argument("--precision", default="float32,bfloat16")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    print("scale size      width skip precision  recal ms  torch ms  ratio", flush=True)
    for precision in options.precision.split(","):
        for skip in options.skip.split(","):
            for scale in options.scales.split(","):
                row = recal(options, scale, skip, precision)
                theirs = pytorch(options, row)
                size = f"{row['width']}×{row['height']}"
                print(
                    f"{scale:>5} {size:9} {row['networkWidth']:5} {skip:4} {precision:9} {row['seconds'] * 1e3:9.1f}"
                    f" {theirs * 1e3:9.1f} {theirs / row['seconds']:6.2f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
