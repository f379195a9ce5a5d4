"""check_detection_records.py: reads detection records as Model Garden's decoder does, and prints what it found as JSON.

    python interop/check_detection_records.py DIRECTORY

DIRECTORY is what 'recal records --annotations' or 'recal records --source' wrote. Each record is parsed by
tf.io.parse_single_example with the features that official/vision/dataloaders/tf_example_decoder.py names, its image and
masks are decoded, and what must agree is compared: sizes, numbers of values, the digest, labels and the label map.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

import tensorflow as tf

NUMBERS = tf.io.VarLenFeature(tf.int64)
SHARES = tf.io.VarLenFeature(tf.float32)
TEXTS = tf.io.VarLenFeature(tf.string)
FEATURES = {
    "image/encoded": tf.io.FixedLenFeature((), tf.string),
    "image/height": tf.io.FixedLenFeature((), tf.int64, -1),
    "image/width": tf.io.FixedLenFeature((), tf.int64, -1),
    "image/source_id": tf.io.FixedLenFeature((), tf.string, ""),
    "image/format": tf.io.FixedLenFeature((), tf.string, ""),
    "image/filename": tf.io.FixedLenFeature((), tf.string, ""),
    "image/key/sha256": tf.io.FixedLenFeature((), tf.string, ""),
    "image/object/bbox/xmin": SHARES,
    "image/object/bbox/xmax": SHARES,
    "image/object/bbox/ymin": SHARES,
    "image/object/bbox/ymax": SHARES,
    "image/object/class/label": NUMBERS,
    "image/object/class/text": TEXTS,
    "image/object/area": SHARES,
    "image/object/is_crowd": NUMBERS,
    "image/object/mask": TEXTS,
}


def label_map(file):
    items = re.findall(r"item \{\s*id: (\d+)\s*name: \"(.*)\"\s*\}", file.read_text("utf-8"))
    return {int(number): name for number, name in items}


def check(record, names):
    parsed = tf.io.parse_single_example(record, FEATURES)
    parsed = {
        key: tf.sparse.to_dense(value).numpy() if isinstance(value, tf.SparseTensor) else value.numpy()
        for key, value in parsed.items()
    }
    image = tf.io.decode_image(parsed["image/encoded"], channels=3, expand_animations=False).numpy()
    size = (int(parsed["image/height"]), int(parsed["image/width"]))
    assert image.shape[:2] == size, (image.shape, size)
    assert hashlib.sha256(parsed["image/encoded"]).hexdigest() == parsed["image/key/sha256"].decode()
    int(parsed["image/source_id"])
    objects = {key.removeprefix("image/object/"): value for key, value in parsed.items() if "/object/" in key}
    count = len(objects["class/label"])
    covered = []
    for i in range(count):
        label, text = int(objects["class/label"][i]), objects["class/text"][i].decode("utf-8")
        assert names[label] == text, (label, text)
        box = [float(objects["bbox/" + edge][i]) for edge in ("ymin", "xmin", "ymax", "xmax")]
        assert 0 <= box[0] < box[2] <= 1 and 0 <= box[1] < box[3] <= 1, box
        if len(objects["mask"]):
            mask = tf.squeeze(tf.io.decode_png(objects["mask"][i], channels=1, dtype=tf.uint8), -1).numpy()
            assert mask.shape == size and mask.max() <= 1, (mask.shape, mask.max())
            assert mask.sum() == objects["area"][i], (mask.sum(), objects["area"][i])
            covered.append(int(mask.sum()))
    return {
        "file": parsed["image/filename"].decode("utf-8"),
        "labels": [int(label) for label in objects["class/label"]],
        "crowds": [int(crowd) for crowd in objects["is_crowd"]],
        "pixels": covered,
    }


def main(directory):
    names = label_map(directory / "labels.pbtxt")
    shards = sorted(str(file) for file in directory.glob("images-*.tfrecord"))
    records = [check(record, names) for record in tf.data.TFRecordDataset(shards)]
    print(json.dumps({"classes": names, "records": records}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
