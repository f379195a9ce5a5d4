"""torch_detection.py CASE.safetensors ANSWER.safetensors …: torchvision's detectors with random weights, as a reference.

Several pairs of files are allowed. CASE's metadata holds

network    "maskrcnn", "maskrcnn_v2", "retinanet" or "retinanet_v2", of torchvision.models.detection, on ResNet-50
mode       what to compute, see MODES
weights    the file to write the state dictionary to, float32
classes    their number as torchvision counts them, with class 0
candidates boxes of each level before suppression, and proposals of an image, at most
maximum    detections of an image at most
rounding   by which scores may change with the rounding of weights, for example 2e-5

Mode `detections` writes to ANSWER: "images" (N, H, W, 3) from 0 to 1, padded with noise, "sizes" (N, 2), the maps
"pyramid/0" and so on (N, H, W, C), for each image "boxes/0", "scores/0", "labels/0" and of Mask R-CNN "masks/0"
(K, 28, 28), "proposals/0", "proposal_scores/0". Everything is computed in float64.

Mode `losses` writes "images" and "sizes" as above, "boxes" (N, G, 4), "labels" (N, G), "objects" (N, G), which are used,
"masks" (N, G, H, W), the losses by torchvision's names, as "loss/NAME", and the gradient of their sum at each
parameter, as "gradient/NAME". All anchors and all proposals are sampled.

Weights are scaled so that activations are moderate, and drawn again until small changes of them change neither the
order of proposals nor that of detections, and scores hardly. Nothing is downloaded. Needs torch, torchvision and safetensors.
"""

import copy
import sys

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn
from torchvision.models import detection

SIZES = ((160, 224), (192, 160))
# Mean and deviation of each output, by the end of its layer's name; all others get a deviation of 1. Scores near 1 would
# be equal in float32.
OUTPUTS = {
    "rpn.head.cls_logits": (0, 1),
    "rpn.head.bbox_pred": (0, 0.1),
    "box_predictor.cls_score": (0, 1.5),
    "box_predictor.bbox_pred": (0, 1),
    "mask_fcn_logits": (0, 1),
    "classification_head.cls_logits": (-3, 1),
    "regression_head.bbox_reg": (0, 0.3),
}


def new_model(metadata):
    network, candidates, maximum = metadata["network"], int(metadata["candidates"]), int(metadata["maximum"])
    options = {"weights": None, "weights_backbone": None, "num_classes": int(metadata["classes"])}
    # No image is resized: all have this smaller side.
    options |= {"min_size": min(SIZES[0]), "max_size": 2 * max(SIZES[0])}
    if network.startswith("maskrcnn"):
        options |= {
            "rpn_pre_nms_top_n_test": candidates,
            "rpn_post_nms_top_n_test": candidates,
            "rpn_pre_nms_top_n_train": candidates,
            "rpn_post_nms_top_n_train": candidates,
            "rpn_batch_size_per_image": 10**6,
            "box_batch_size_per_image": 10**6,
            "box_positive_fraction": 0.5,
            "box_detections_per_img": maximum,
        }
    else:
        options |= {"topk_candidates": candidates, "detections_per_img": maximum}
    name = {
        "maskrcnn": "maskrcnn_resnet50_fpn",
        "maskrcnn_v2": "maskrcnn_resnet50_fpn_v2",
        "retinanet": "retinanet_resnet50_fpn",
        "retinanet_v2": "retinanet_resnet50_fpn_v2",
    }[network]
    return getattr(detection, name)(**options).eval()


def new_images(generator):
    """Smooth random images, so that their maps differ from place to place."""
    images = []
    for height, width in SIZES:
        coarse = torch.rand((1, 3, height // 16, width // 16), generator=generator)
        smooth = nn.functional.interpolate(coarse, (height, width), mode="bicubic")[0]
        noise = 0.2 * torch.rand((3, height, width), generator=generator)
        images.append((0.8 * smooth + noise).clamp(0, 1))
    return images


def scale_once(name):
    """A hook that scales a layer at its first call, and moves the mean of each channel of an output."""
    mean, deviation = next((value for end, value in OUTPUTS.items() if name.endswith(end)), (None, 1))
    done = []

    def hook(module, inputs, output):
        if done:
            return output
        done.append(True)
        offset = 0
        if mean is not None:
            found = output.mean([axis for axis in range(output.ndim) if axis != 1], keepdim=True)
            offset = mean - found * (deviation / (output - found).std())
            output = output - found
        factor = deviation / output.std()
        module.weight.mul_(factor)
        if module.bias is not None:
            module.bias.mul_(factor)
        if mean is None:
            return output * factor
        module.bias.add_(offset.flatten())
        return output * factor + mean

    return hook


def randomise(model, images, generator, decided=False, objectness=1.0):
    """Moderate activations: layers outside of the backbone are scaled, its norms get statistics near the right ones.

    If decided, a channel of the backbone is far above zero or far below it before each ReLU. Otherwise there are
    always some values whose sign rounding decides, and each changes gradients by more than rounding itself: those of
    torchvision in float32 differ from float64 by 1e-3 to 2e-3 of their norms.
    """
    hooks = []
    for name, module in model.named_modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
            module.train()
            last = name.endswith("bn3")
            low, high = (0.2, 0.3) if decided else (0.2, 0.4) if last else (0.7, 1.3)
            module.weight.uniform_(low, high, generator=generator)
            module.bias.normal_(0, 0.1, generator=generator)
            if decided and (last or "downsample" in name):
                module.bias.add_(1.2)
            elif decided:
                module.bias.add_(2.4 * torch.randint(0, 2, module.bias.shape, generator=generator) - 1.2)
        elif isinstance(module, nn.GroupNorm):
            module.weight.uniform_(0.7, 1.3, generator=generator)
            module.bias.normal_(0, 0.1, generator=generator)
        elif isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            module.weight.normal_(0, module.weight[0].numel() ** -0.5, generator=generator)
            if module.bias is not None:
                module.bias.normal_(0, 0.01, generator=generator)
            if ".body." not in name:
                hooks.append(module.register_forward_hook(scale_once(name)))
    model(images)
    for hook in hooks:
        hook.remove()
    if hasattr(model, "rpn"):
        model.rpn.head.cls_logits.weight.mul_(objectness)
        model.rpn.head.cls_logits.bias.mul_(objectness)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
            deviation = module.running_var.sqrt()
            noise = torch.empty_like(deviation).normal_(0, 0.1, generator=generator)
            module.running_mean.add_(noise * deviation)
            module.running_var.mul_(torch.empty_like(deviation).uniform_(0.8, 1.2, generator=generator))


def features(model, images):
    batch, _ = model.transform(images)
    assert [tuple(size) for size in batch.image_sizes] == list(SIZES), batch.image_sizes
    return batch, model.backbone(batch.tensors)


def find(model, images):
    """The maps, proposals and detections, before masks are pasted into images."""
    batch, maps = features(model, images)
    found = {f"pyramid/{i}": level.permute(0, 2, 3, 1) for i, level in enumerate(maps.values())}
    if hasattr(model, "roi_heads"):
        filtered = []
        # The scores of proposals are not returned.
        original = model.rpn.filter_proposals
        model.rpn.filter_proposals = lambda *args: filtered.append(original(*args)) or filtered[0]
        proposals, _ = model.rpn(batch, maps)
        del model.rpn.filter_proposals
        results, _ = model.roi_heads(maps, proposals, batch.image_sizes)
        for i, (boxes, scores) in enumerate(zip(*filtered[0])):
            found |= {f"proposals/{i}": boxes, f"proposal_scores/{i}": scores}
    else:
        levels = list(maps.values())
        head = model.head(levels)
        anchors = model.anchor_generator(batch, levels)
        counts = [9 * level.shape[2] * level.shape[3] for level in levels]
        split = {name: list(values.split(counts, 1)) for name, values in head.items()}
        results = model.postprocess_detections(
            split, [list(boxes.split(counts)) for boxes in anchors], batch.image_sizes)
    for i, result in enumerate(results):
        found |= {f"{name}/{i}": value for name, value in result.items()}
        if "masks" in result:
            found[f"masks/{i}"] = result["masks"][:, 0]
    return found


def changed(model, generator, deviation=3e-7):
    other = copy.deepcopy(model)
    for parameter in other.parameters():
        noise = torch.empty_like(parameter).normal_(0, deviation, generator=generator)
        parameter.mul_(1 + noise)
    return other


def same(one, other, rounding):
    """Whether the same boxes are found in the same order, and scores do not depend on rounding."""
    allowed = {"proposals": 0.5, "boxes": 0.5, "labels": 0, "scores": rounding}
    for name, value in one.items():
        limit = allowed.get(name.split("/")[0])
        if limit is not None:
            if value.shape != other[name].shape or (value - other[name]).abs().max() > limit:
                return False
    return True


def stable(metadata):
    """A model whose answers do not depend on rounding, its images, and its answers."""
    for seed in range(1, 50):
        generator = torch.Generator().manual_seed(seed)
        images = new_images(generator)
        model = new_model(metadata)
        randomise(model, images, generator)
        single = find(model, images)
        counts = [len(single[f"boxes/{i}"]) for i in range(len(SIZES))]
        if min(counts) < 5:
            print(f"seed {seed}: only {counts} detections")
            continue
        wide = [image.double() for image in images]
        exact = copy.deepcopy(model).double()
        found = find(exact, wide)
        rounding = float(metadata["rounding"])
        if same(single, found, rounding) and same(found, find(changed(exact, generator), wide), rounding):
            print(f"seed {seed}: {counts} detections")
            return model, images, found
        print(f"seed {seed}: the answers depend on rounding")
    raise SystemExit("no seed gave answers that do not depend on rounding")


def padded(images):
    height, width = (-(-max(sides) // 32) * 32 for sides in zip(*SIZES))
    batch = torch.rand((len(images), height, width, 3), generator=torch.Generator().manual_seed(0))
    for row, image in zip(batch, images):
        row[: image.shape[1], : image.shape[2]] = image.permute(1, 2, 0)
    return batch


def detections(metadata, tensors):
    model, images, found = stable(metadata)
    save_file(model.state_dict(), metadata["weights"])
    answer = {name: value.float() if value.is_floating_point() else value.int() for name, value in found.items()}
    answer |= {"images": padded(images), "sizes": torch.tensor(SIZES, dtype=torch.float32)}
    return answer


def new_targets(generator):
    """A large, a middle and a small object in the first image, two in the second; each is an ellipse."""
    targets = []
    for (height, width), extents in zip(SIZES, (((100, 120), (50, 40), (14, 17)), ((90, 60), (40, 70)))):
        boxes, masks = [], []
        for rows, columns in extents:
            top, left = torch.rand(2, generator=generator) * torch.tensor([height - rows - 1, width - columns - 1])
            boxes.append([float(left), float(top), float(left) + columns, float(top) + rows])
            y = (torch.arange(height)[:, None] + 0.5 - top) / rows * 2 - 1
            x = (torch.arange(width)[None, :] + 0.5 - left) / columns * 2 - 1
            masks.append((x**2 + y**2 < 1).to(torch.uint8))
        labels = torch.randint(1, 4, (len(boxes),), generator=generator)
        targets.append({"boxes": torch.tensor(boxes), "labels": labels, "masks": torch.stack(masks)})
    return targets


def train(model, images, targets):
    """The losses, and the gradients of their sum."""
    model.train()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    with torch.enable_grad():
        kind = next(model.parameters()).dtype
        targets = [target | {"boxes": target["boxes"].to(kind)} for target in targets]
        values = model([image.to(kind) for image in images], targets)
        parameters = dict(model.named_parameters())
        gradients = torch.autograd.grad(sum(values.values()), list(parameters.values()))
    model.eval()
    answer = {f"loss/{name}": value.detach().reshape(1) for name, value in values.items()}
    return answer | {f"gradient/{name}": gradient for name, gradient in zip(parameters, gradients)}


def distance(one, other):
    """The largest relative difference, of a loss or of a gradient's norm."""
    scale = max(value.norm() for name, value in one.items() if name.startswith("gradient/"))
    distances = [(value - other[name]).norm() / max(value.norm(), 1e-3 * scale * name.startswith("gradient/"))
                 for name, value in one.items()]
    return float(max(distances))


def losses(metadata, tensors):
    for seed in range(1, 50):
        generator = torch.Generator().manual_seed(seed)
        images = new_images(generator)
        model = new_model(metadata)
        # Scores near 1 would be equal in float32.
        randomise(model, images, generator, decided=True, objectness=0.1)
        targets = new_targets(generator)
        exact = copy.deepcopy(model).double()
        found = train(exact, images, targets)
        single = train(copy.deepcopy(model), images, targets)
        moved = max(float((single[name] / found[name] - 1).abs()) for name in found if name.startswith("loss/"))
        difference = distance(found, single)
        print(f"seed {seed}: float32 changes losses by {moved:.1e}, gradients by {difference:.1e}")
        if difference < 4e-4 and moved < 4e-5:
            break
    else:
        raise SystemExit("no seed gave gradients that do not depend on rounding")
    save_file(model.state_dict(), metadata["weights"])
    answer = {name: value.float() for name, value in found.items()}
    answer |= {"images": padded(images), "sizes": torch.tensor(SIZES, dtype=torch.float32)}
    height, width = answer["images"].shape[1:3]
    most = max(len(target["labels"]) for target in targets)
    boxes, labels, objects = torch.zeros(len(SIZES), most, 4), torch.zeros(len(SIZES), most), torch.zeros(len(SIZES), most)
    masks = torch.zeros(len(SIZES), most, height, width)
    for i, target in enumerate(targets):
        count = len(target["labels"])
        boxes[i, :count], labels[i, :count], objects[i, :count] = target["boxes"], target["labels"], 1
        masks[i, :count, : SIZES[i][0], : SIZES[i][1]] = target["masks"]
    return answer | {"boxes": boxes, "labels": labels.int(), "objects": objects.int(), "masks": masks.int()}


MODES = {"detections": detections, "losses": losses}


def main(files):
    if not files or len(files) % 2:
        raise SystemExit(__doc__)
    for case, answer in zip(files[::2], files[1::2]):
        with safe_open(case, "pt") as file:
            metadata = file.metadata()
            tensors = {name: file.get_tensor(name) for name in file.keys()}
        values = MODES[metadata["mode"]](metadata, tensors)
        save_file({name: value.contiguous() for name, value in values.items()}, answer)


if __name__ == "__main__":
    with torch.no_grad():
        main(sys.argv[1:])
