"""torch_arbitrary_style.py CASE.safetensors OUT.safetensors …: one training step of a decoder for arbitrary styles (AdaIN)
in PyTorch, from the equations.

Several pairs of files are allowed. Variables have Recal's names, kernels are (height, width, in, out), maps
(N, H, W, C). Everything is computed in float64.

CASE has the variables of the decoder, the slots of Adam ("first_moment:NAME", "second_moment:NAME"), "images" and
"styles" (N, H, W, 3) in 0–1, and the encoder: either random convolutions as in torch_style.py ("loss:0" …), or VGG's
("vgg:features.0.weight" …, as in torchvision). Its metadata holds "maps", the maps of the style loss from the finest to
the coarsest, which is the decoded one: indices of random convolutions, or indices of VGG's convolutions in torchvision;
"levels", the numbers of convolutions between doublings ("1,4,2,2"); "content" and "style", the weights; "rate" and
"step", the steps done before.

OUT has "content", "style_loss", "gradient:NAME", and the new variables by name.

Deviations are roots of the biased variance plus 1e-5, as the paper defines instance normalisation.
"""

import sys

import torch
import torch.nn.functional as F

from torch_style import adam_step, features, main

EPSILON = 1e-5
MEAN = torch.tensor((0.485, 0.456, 0.406), dtype=torch.float64)[:, None, None]
DEVIATION = torch.tensor((0.229, 0.224, 0.225), dtype=torch.float64)[:, None, None]


def vgg(case, images):
    """The maps after each ReLU by the index of their convolution; a gap of 3 indices holds a pooling."""
    indices = sorted(int(name.split(".")[1]) for name in case if name.startswith("vgg:") and name.endswith("weight"))
    maps, x, before = {}, (images - MEAN) / DEVIATION, 0
    for index in indices:
        if index - before == 3:
            x = F.max_pool2d(x, 2)
        name = f"vgg:features.{index}"
        x = F.relu(F.conv2d(x, case[name + ".weight"], case[name + ".bias"], padding=1))
        maps[index] = x
        before = index
    return maps


def encode(case, images):
    if "loss:0" in case:
        return dict(enumerate(features(case, images)))
    return vgg(case, images)


def moments(x):
    return x.mean((2, 3), keepdim=True), (x.var((2, 3), unbiased=False, keepdim=True) + EPSILON).sqrt()


def adain(content, style):
    (mean, deviation), (wanted_mean, wanted_deviation) = moments(content), moments(style)
    return wanted_deviation * (content - mean) / deviation + wanted_mean


def decode(variables, levels, x):
    for level, count in enumerate(levels):
        if level > 0:
            x = F.interpolate(x, scale_factor=2, mode="nearest")
        for i in range(count):
            at = f"decoder/level{level}/conv{i}"
            kernel = variables[at + "/kernel"].permute(3, 2, 0, 1)
            x = F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), kernel, variables[at + "/bias"])
            if level < len(levels) - 1 or i < count - 1:
                x = F.relu(x)
    return x


def step(case, metadata):
    maps = [int(index) for index in metadata["maps"].split(",")]
    levels = [int(count) for count in metadata["levels"].split(",")]
    variables = {name: value.requires_grad_() for name, value in case.items() if name.startswith("decoder/")}
    contents = encode(case, case["images"].permute(0, 3, 1, 2))
    styles = encode(case, case["styles"].permute(0, 3, 1, 2))
    target = adain(contents[maps[-1]], styles[maps[-1]])
    ours = encode(case, decode(variables, levels, target))
    content = float(metadata["content"]) * (ours[maps[-1]] - target).square().mean()
    looks = 0
    for index in maps:
        for found, wanted in zip(moments(ours[index]), moments(styles[index])):
            looks = looks + (found - wanted).square().mean()
    losses = {"content": content, "style_loss": float(metadata["style"]) * looks}
    return adam_step(case, metadata, variables, losses)


if __name__ == "__main__":
    main(step, sys.argv[1:])
