"""torch_losses.py CASE.safetensors OUT.safetensors …: one training step of a linear network with each loss, in PyTorch.

Several pairs of files are allowed. The network is the mean over the pixels of an image and a dense layer. Everything is
computed in float64.

CASE has the variables "head/kernel" (3, K) and "head/bias" (K), their momenta ("momentum:NAME"), "images" (N, H, W, 3)
in 0–1 and "targets" (N, K): 1 for the classes that an image has and 0 for the others, or numbers. Its metadata holds
"loss", the settings of the loss by their names, "rate" (of learning), "momentum", "decay", and for some losses
"smoothing", "weights" of the classes, "means" and "deviations" of the numbers (with commas between them).

OUT has "loss", the new momenta, and the new variables by name.
"""

import sys

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save_file
from torchvision.ops import sigmoid_focal_loss


def numbers(text):
    return torch.tensor([float(number) for number in text.split(",")], dtype=torch.float64)


def losses(logits, targets, metadata):
    """Returns the loss of each image."""
    kind = metadata["loss"]
    setting = {name: float(metadata[name]) for name in ("gamma", "alpha", "delta", "positiveWeight") if name in metadata}
    smoothing = float(metadata.get("smoothing", 0))
    if kind == "cross-entropy":
        return F.cross_entropy(logits, targets.argmax(1), reduction="none", label_smoothing=smoothing)
    if kind == "focal":
        logarithms = F.log_softmax(logits, 1)
        smooth = targets * (1 - smoothing) + smoothing / targets.shape[1]
        terms = smooth * (1 - logarithms.exp()) ** setting["gamma"] * logarithms
        return -setting["alpha"] * terms.sum(1)
    if kind == "binary-cross-entropy":
        weight = torch.tensor(setting["positiveWeight"], dtype=torch.float64)
        smooth = targets * (1 - smoothing) + smoothing / 2
        return F.binary_cross_entropy_with_logits(logits, smooth, pos_weight=weight, reduction="none").mean(1)
    if kind == "binary-focal":
        return sigmoid_focal_loss(logits, targets, setting["alpha"], setting["gamma"]).mean(1)
    standard = (targets - numbers(metadata["means"])) / numbers(metadata["deviations"])
    if kind == "squared-error":
        return F.mse_loss(logits, standard, reduction="none").mean(1)
    if kind == "absolute-error":
        return F.l1_loss(logits, standard, reduction="none").mean(1)
    return F.huber_loss(logits, standard, reduction="none", delta=setting["delta"]).mean(1)


def step(case, metadata):
    variables = {name: case[name].requires_grad_() for name in ("head/kernel", "head/bias")}
    logits = case["images"].mean((1, 2)) @ variables["head/kernel"] + variables["head/bias"]
    each = losses(logits, case["targets"], metadata)
    if "weights" in metadata:
        each = each * numbers(metadata["weights"])[case["targets"].argmax(1)]
    loss = each.mean()
    gradients = torch.autograd.grad(loss, list(variables.values()))
    results = {"loss": loss}
    for (name, variable), gradient in zip(variables.items(), gradients):
        gradient = gradient + float(metadata["decay"]) * variable
        moment = float(metadata["momentum"]) * case["momentum:" + name] + gradient
        results["momentum:" + name] = moment
        results[name] = variable - float(metadata["rate"]) * moment
    return {name: value.detach().contiguous().reshape(value.shape or (1,)) for name, value in results.items()}


def main(paths):
    for source, target in zip(paths[::2], paths[1::2]):
        with safe_open(source, "pt") as file:
            case = {name: file.get_tensor(name).double() for name in file.keys()}
            metadata = file.metadata()
        save_file(step(case, metadata), target)


if __name__ == "__main__":
    main(sys.argv[1:])
