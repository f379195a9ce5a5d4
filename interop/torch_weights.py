#!/usr/bin/env python3
"""Creates PyTorch networks with random weights, and their logits for a photograph, as a reference for Recal.

    python torch_weights.py make FAMILY OUT_DIR [--image FILE] [--seed 1]
    python torch_weights.py check FAMILY OUT_DIR WEIGHTS.safetensors [--tolerance 1e-4]
    python torch_weights.py list

`make` writes OUT_DIR/weights.safetensors (the state dictionary: random weights and random running
statistics) and OUT_DIR/expected.safetensors (`images`, N,H,W,3 in 0-1, and `logits`). `check` loads
WEIGHTS, exported by Recal, into the same network, strictly, and compares its logits with those of
`make`. Exit status 1 if the relative error is above the tolerance.

Needs torch, torchvision, timm, safetensors and pillow; nothing is downloaded.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import timm
import torch
import torchvision
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import nn

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


class StyleRecalibration(nn.Module):
    """SRM with the names of its authors' code."""

    def __init__(self, channels):
        super().__init__()
        self.cfc = nn.Parameter(torch.zeros(channels, 2))
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x):
        flat = x.flatten(2)
        # As released: the unbiased variance, and 1e-5 under the root.
        variance = flat.var(dim=2) + 1e-5
        style = torch.stack([flat.mean(dim=2), variance.sqrt()], dim=2)
        z = (style * self.cfc).sum(dim=2)[:, :, None, None]
        return x * torch.sigmoid(self.bn(z))


class SqueezeExcitation(nn.Module):
    """SE with the names of SRM's authors."""

    def __init__(self, channels, reduction=16):
        super().__init__()
        hidden = channels // reduction
        self.fc = nn.Sequential(
            nn.Linear(channels, hidden), nn.ReLU(), nn.Linear(hidden, channels))

    def forward(self, x):
        return x * torch.sigmoid(self.fc(x.mean(dim=(2, 3))))[:, :, None, None]


class GatherExcite(nn.Module):
    """GE-theta over the whole map with the names of SRM's authors."""

    def __init__(self, channels, size):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(channels, channels, size, groups=channels), nn.BatchNorm2d(channels))

    def forward(self, x):
        return x * torch.sigmoid(self.conv(x))


class Attention(nn.Module):
    """The mixture weights of attentive normalisation."""

    def __init__(self, channels, components):
        super().__init__()
        self.attention = nn.Sequential(
            nn.Conv2d(channels, components, 1, bias=False), nn.BatchNorm2d(components))

    def forward(self, x):
        variance = x.flatten(2).var(dim=2)[:, :, None, None]
        pooled = x.mean(dim=(2, 3), keepdim=True) * (variance + 1e-3).rsqrt()
        return torch.clamp(self.attention(pooled).flatten(1) + 3, 0, 6) / 6


class AttentiveNorm(nn.BatchNorm2d):
    """Attentive batch norm with the names of its authors' code."""

    def __init__(self, channels, components, attention="attn_weights"):
        super().__init__(channels, affine=False)
        self.weight_ = nn.Parameter(torch.ones(components, channels))
        self.bias_ = nn.Parameter(torch.zeros(components, channels))
        self.attention_name = attention
        setattr(self, attention, Attention(channels, components))

    def forward(self, x):
        mixture = getattr(self, self.attention_name)(x)
        scale = (mixture @ self.weight_)[:, :, None, None]
        offset = (mixture @ self.bias_)[:, :, None, None]
        return scale * super().forward(x) + offset


class Gated(nn.Module):
    """A residual block of torchvision with a gate before the addition, called rclb."""

    def __init__(self, block, gate):
        super().__init__()
        for name, module in block.named_children():
            setattr(self, name, module)
        self.rclb = gate

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if hasattr(self, "conv3"):
            y = self.bn3(self.conv3(self.relu(y)))
        shortcut = self.downsample(x) if getattr(self, "downsample", None) is not None else x
        return self.relu(self.rclb(y) + shortcut)


def stages(network):
    return [network.layer1, network.layer2, network.layer3, network.layer4]


def gated(network, gate):
    for number, stage in enumerate(stages(network)):
        for index, block in enumerate(stage):
            last = block.bn3 if hasattr(block, "bn3") else block.bn2
            stage[index] = Gated(block, gate(last.num_features, 56 >> number))
    return network


def attentive(network, attention):
    """A ResNet with attentive norms after the 3x3."""
    for stage, components in zip(stages(network), (10, 10, 20, 20)):
        for block in stage:
            block.bn2 = AttentiveNorm(block.bn2.num_features, components, attention)
    return network


def attentive_dense(network):
    """A DenseNet with attentive norms before the 3x3."""
    for number, components in enumerate((10, 10, 20, 20), start=1):
        for layer in getattr(network.features, f"denseblock{number}").values():
            layer.norm2 = AttentiveNorm(layer.norm2.num_features, components)
    return network


def attentive_mobile(network, attention):
    """A MobileNetV2 with attentive norms after the depthwise convolutions."""
    counts = [5] * (1 + 2 + 3 + 4) + [10] * (3 + 3 + 1)
    for block, components in zip(network.features[1:-1], counts):
        unit = block.conv[len(block.conv) - 3]
        unit[1] = AttentiveNorm(unit[1].num_features, components, attention)
    return network


def vision(name):
    return getattr(torchvision.models, name)(weights=None)


# Recal's name of the network, the naming convention of the weights, and its PyTorch constructor.
FAMILIES = {
    "resnet18": ("resnet18", "torchvision", lambda: vision("resnet18")),
    "resnet50": ("resnet50", "torchvision", lambda: vision("resnet50")),
    "resnet152": ("resnet152", "torchvision", lambda: vision("resnet152")),
    "resnext50": ("resnext50-32x4d", "torchvision", lambda: vision("resnext50_32x4d")),
    "resnext101": ("resnext101-32x8d", "torchvision", lambda: vision("resnext101_32x8d")),
    "timm-resnet34": ("resnet34", "timm", lambda: timm.create_model("resnet34")),
    "timm-resnet50d": ("resnet50-v1d", "timm", lambda: timm.create_model("resnet50d")),
    "timm-seresnet50": ("se-resnet50", "timm", lambda: timm.create_model("seresnet50")),
    "srm-resnet50": (
        "srm-resnet50", "srm", lambda: gated(vision("resnet50"), lambda c, s: StyleRecalibration(c))),
    "srm-se-resnet50": (
        "se-resnet50", "srm", lambda: gated(vision("resnet50"), lambda c, s: SqueezeExcitation(c))),
    "srm-ge-resnet50": ("ge-resnet50", "srm", lambda: gated(vision("resnet50"), GatherExcite)),
    "an-resnet50": ("an-resnet50", "an", lambda: attentive(vision("resnet50"), "attn_weights")),
    "aognet-resnet50": (
        "an-resnet50", "aognet", lambda: attentive(vision("resnet50"), "attention_weights")),
    "densenet121": ("densenet121", "torchvision", lambda: vision("densenet121")),
    "densenet169": ("densenet169", "torchvision", lambda: vision("densenet169")),
    "densenet201": ("densenet201", "torchvision", lambda: vision("densenet201")),
    "an-densenet121": ("an-densenet121", "an", lambda: attentive_dense(vision("densenet121"))),
    "mobilenetv2": ("mobilenetv2", "torchvision", lambda: vision("mobilenet_v2")),
    "timm-mobilenetv2": ("mobilenetv2", "timm", lambda: timm.create_model("mobilenetv2_100")),
    "an-mobilenetv2": (
        "an-mobilenetv2", "an", lambda: attentive_mobile(vision("mobilenet_v2"), "attn_weights")),
    "aognet-mobilenetv2": (
        "an-mobilenetv2", "aognet",
        lambda: attentive_mobile(vision("mobilenet_v2"), "attention_weights")),
    "shufflenetv2-0.5": ("shufflenetv2-0.5", "torchvision", lambda: vision("shufflenet_v2_x0_5")),
    "shufflenetv2-1.0": ("shufflenetv2-1.0", "torchvision", lambda: vision("shufflenet_v2_x1_0")),
    "shufflenetv2-1.5": ("shufflenetv2-1.5", "torchvision", lambda: vision("shufflenet_v2_x1_5")),
    "shufflenetv2-2.0": ("shufflenetv2-2.0", "torchvision", lambda: vision("shufflenet_v2_x2_0")),
}


def randomise(network, seed):
    """Gives every parameter and statistic a random value that keeps activations in a normal range."""
    generator = torch.Generator().manual_seed(seed)

    def normal(like, mean, deviation):
        return mean + deviation * torch.randn(like.shape, generator=generator)

    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                fan_in = module.weight[0].numel()
                module.weight.copy_(normal(module.weight, 0, fan_in ** -0.5))
                if module.bias is not None:
                    module.bias.copy_(normal(module.bias, 0, 0.1))
            elif isinstance(module, nn.modules.batchnorm._BatchNorm):
                if module.affine:
                    module.weight.copy_(normal(module.weight, 1, 0.2))
                    module.bias.copy_(normal(module.bias, 0, 0.2))
                module.running_mean.copy_(normal(module.running_mean, 0, 0.1))
                variance = torch.rand(module.running_var.shape, generator=generator)
                module.running_var.copy_(0.5 + variance)
        for name, parameter in network.named_parameters():
            if name.endswith((".cfc", ".weight_", ".bias_")):
                parameter.copy_(normal(parameter, 0.5 if name.endswith("weight_") else 0, 0.3))
    return network.eval()


def photograph(file):
    """The centre of an image at 224x224, or of a fixed pattern, in 0-1."""
    if file is None:
        y, x = np.mgrid[0:224, 0:224] / 224
        pixels = np.stack([x, y, np.sin(20 * x * y) / 2 + 0.5], axis=2).astype(np.float32)
    else:
        image = Image.open(file).convert("RGB")
        scale = 256 / min(image.size)
        image = image.resize([round(side * scale) for side in image.size], Image.BILINEAR)
        left, top = ((side - 224) // 2 for side in image.size)
        image = image.crop((left, top, left + 224, top + 224))
        pixels = np.asarray(image, np.float32) / 255
    return torch.from_numpy(pixels)[None]


def answers(network, images):
    with torch.no_grad():
        return network((images.permute(0, 3, 1, 2) - MEAN) / DEVIATION)


def make(arguments):
    network = randomise(FAMILIES[arguments.family][2](), arguments.seed)
    images = photograph(arguments.image)
    arguments.out.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    save_file(tensors, arguments.out / "weights.safetensors", {"format": "pt"})
    save_file({"images": images.contiguous(), "logits": answers(network, images).contiguous()},
              arguments.out / "expected.safetensors")
    print(f"{arguments.family}: {len(tensors)} tensors, largest logit"
          f" {answers(network, images).abs().max():.3f}")
    return 0


def check(arguments):
    network = FAMILIES[arguments.family][2]()
    network.load_state_dict(load_file(arguments.weights), strict=True)
    expected = load_file(arguments.out / "expected.safetensors")
    logits = answers(network.eval(), expected["images"])
    error = (logits - expected["logits"]).abs().max() / expected["logits"].abs().max()
    print(f"{arguments.family}: relative error {error:.2e}")
    return 0 if error <= arguments.tolerance else 1


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    for name in ("make", "check"):
        command = commands.add_parser(name)
        command.add_argument("family", choices=FAMILIES)
        command.add_argument("out", type=Path)
        if name == "make":
            command.add_argument("--image", type=Path)
            command.add_argument("--seed", type=int, default=1)
        else:
            command.add_argument("weights", type=Path)
            command.add_argument("--tolerance", type=float, default=1e-4)
    arguments = parser.parse_args()
    if arguments.command == "list":
        for family, (network, names, _) in FAMILIES.items():
            print(family, network, names)
        return 0
    return make(arguments) if arguments.command == "make" else check(arguments)


if __name__ == "__main__":
    sys.exit(main())
