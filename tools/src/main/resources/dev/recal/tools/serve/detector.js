'use strict';

/** For models that find objects: boxes, masks and names over the image, above a minimum score. */
const detector = (() => {
  const SIGNATURE = 'detect_bytes';
  const OUTPUTS = ['detection_boxes', 'detection_scores', 'detection_classes', 'num_detections'];
  const SIDE = 800;
  const TINT = 0.45;
  const FIRST = ['#d55e00', '#0072b2', '#009e73', '#cc79a7', '#e69f00'];
  const element = id => document.getElementById(id);
  let objects = [];
  let image = null;
  let chosen = null;

  /** Whether a model takes image files and gives objects. */
  function fits(model) {
    const signature = model.signatures[SIGNATURE];
    return Boolean(signature && Object.keys(signature.inputs).length === 1
      && OUTPUTS.every(name => name in signature.outputs));
  }

  /** The outputs for a file, given as base64. */
  function search(model, predict, file) {
    const input = Object.keys(model.signatures[SIGNATURE].inputs)[0];
    return predict(SIGNATURE, {[input]: [{b64: file}]});
  }

  // The colours of the pictures that the command draws.
  function colour(label) {
    if (label < FIRST.length) {
      return FIRST[Math.max(0, label)];
    }
    const hue = Math.round(360 * (label * (Math.sqrt(5) - 1) / 2 % 1));
    return 'hsl(' + hue + ' 75% ' + (Math.floor(label / 7) % 2 ? 30 : 42) + '%)';
  }

  /** The objects of the first image, by falling score; boxes are parts of its height and width. */
  function read(model, outputs) {
    const found = [];
    for (let i = 0; i < Math.round(outputs.num_detections[0]); i++) {
      const box = outputs.detection_boxes[0][i];
      const score = outputs.detection_scores[0][i];
      const label = Math.round(outputs.detection_classes[0][i]) - 1;
      const mask = outputs.detection_masks ? outputs.detection_masks[0][i] : null;
      if (Number.isFinite(score) && box.every(Number.isFinite)) {
        const name = model.labels[label] || 'class ' + label;
        found.push({box, score, name, mask, colour: colour(label)});
      }
    }
    return found.sort((a, b) => b.score - a.score);
  }

  function visible() {
    const least = Number(element('least').value);
    return objects.filter(object => object.score >= least);
  }

  // Bilinear between the centres of the cells, 0 outside.
  function sample(mask, y, x) {
    const top = Math.floor(y);
    const left = Math.floor(x);
    const at = (row, column) => (mask[row] && mask[row][column]) || 0;
    const upper = at(top, left) * (left + 1 - x) + at(top, left + 1) * (x - left);
    const lower = at(top + 1, left) * (left + 1 - x) + at(top + 1, left + 1) * (x - left);
    return upper * (top + 1 - y) + lower * (y - top);
  }

  function edges(object, canvas) {
    const [top, left, bottom, right] = object.box;
    return {top: top * canvas.height, left: left * canvas.width,
      bottom: bottom * canvas.height, right: right * canvas.width};
  }

  /** The pixels of an object's mask as a tinted picture, made once for a size of the canvas. */
  function tinted(object, canvas) {
    if (object.tint && object.tint.of === canvas.width) {
      return object.tint;
    }
    const box = edges(object, canvas);
    const x = Math.max(0, Math.floor(box.left));
    const y = Math.max(0, Math.floor(box.top));
    const width = Math.max(1, Math.min(canvas.width, Math.ceil(box.right)) - x);
    const height = Math.max(1, Math.min(canvas.height, Math.ceil(box.bottom)) - y);
    const picture = document.createElement('canvas');
    picture.width = width;
    picture.height = height;
    const context = picture.getContext('2d');
    context.fillStyle = object.colour;
    context.fillRect(0, 0, width, height);
    const pixels = context.getImageData(0, 0, width, height);
    const cells = object.mask.length;
    const yStep = cells / Math.max(1e-6, box.bottom - box.top);
    const xStep = cells / Math.max(1e-6, box.right - box.left);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const inside = sample(object.mask, (y + row + 0.5 - box.top) * yStep - 0.5,
          (x + column + 0.5 - box.left) * xStep - 0.5) > 0.5;
        pixels.data[4 * (row * width + column) + 3] = inside ? 255 * TINT : 0;
      }
    }
    context.putImageData(pixels, 0, 0);
    object.tint = {of: canvas.width, picture, x, y};
    return object.tint;
  }

  function outline(context, canvas, object) {
    const box = edges(object, canvas);
    const text = object.name + ' ' + object.score.toFixed(2);
    context.strokeStyle = object.colour;
    context.lineWidth = 2;
    context.strokeRect(box.left + 1, box.top + 1, Math.max(1, box.right - box.left - 2),
      Math.max(1, box.bottom - box.top - 2));
    context.font = '16px system-ui, sans-serif';
    const width = context.measureText(text).width + 8;
    const x = Math.max(0, Math.min(box.left, canvas.width - width));
    const y = Math.max(0, box.top - 22);
    context.fillStyle = object.colour;
    context.fillRect(x, y, width, 22);
    context.fillStyle = '#fff';
    context.fillText(text, x + 4, y + 16);
  }

  function draw() {
    if (!image) {
      return;
    }
    const canvas = element('scene');
    const context = canvas.getContext('2d');
    context.imageSmoothingEnabled = image.width > canvas.width;
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const shown = visible().filter(object => chosen === null || object === chosen).reverse();
    shown.filter(object => object.mask).forEach(object => {
      const tint = tinted(object, canvas);
      context.drawImage(tint.picture, tint.x, tint.y);
    });
    shown.forEach(object => outline(context, canvas, object));
  }

  function choose(object) {
    chosen = object;
    draw();
  }

  function item(object) {
    const entry = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    const mark = document.createElement('span');
    mark.className = 'mark';
    mark.style.backgroundColor = object.colour;
    const name = document.createElement('span');
    name.textContent = object.name;
    const score = document.createElement('span');
    score.textContent = object.score.toFixed(2);
    button.append(mark, name, score);
    ['mouseenter', 'focus'].forEach(when => button.addEventListener(when, () => choose(object)));
    ['mouseleave', 'blur'].forEach(when => button.addEventListener(when, () => choose(null)));
    entry.append(button);
    return entry;
  }

  function update() {
    const least = Number(element('least').value).toFixed(2);
    const shown = visible();
    element('least-text').textContent = least;
    element('least').setAttribute('aria-valuetext', least);
    element('object-count').textContent = shown.length
      ? shown.length + ' of ' + objects.length + ' objects'
      : 'No object of ' + least + ' or more'
        + (objects.length ? '; the highest score is ' + objects[0].score.toFixed(2) : '') + '.';
    element('objects').replaceChildren(...shown.map(item));
    element('scene').setAttribute('aria-label', shown.length
      ? 'The image with ' + shown.map(object => object.name).join(', ') : 'The image');
    chosen = null;
    draw();
  }

  /** Shows the objects of an image; without its pixels, if this browser cannot decode it. */
  function show(model, outputs, bitmap, caption, milliseconds) {
    objects = read(model, outputs);
    image = bitmap;
    const canvas = element('scene');
    canvas.hidden = !bitmap;
    if (bitmap) {
      const scale = SIDE / Math.max(bitmap.width, bitmap.height);
      canvas.width = Math.max(1, Math.round(bitmap.width * scale));
      canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    }
    element('scene-text').textContent = caption;
    element('found-time').textContent = 'answered in ' + Math.round(milliseconds) + ' ms';
    element('found').hidden = false;
    update();
  }

  /** The outputs in words. */
  function words(model, outputs) {
    const least = Number(element('least').value);
    const names = read(model, outputs).filter(object => object.score >= least)
      .map(object => object.name);
    return names.length ? names.length + (names.length === 1 ? ' object: ' : ' objects: ')
      + [...new Set(names)].join(', ') : 'no object';
  }

  function hide() {
    element('found').hidden = true;
  }

  element('least').addEventListener('input', update);

  return {fits, search, show, words, hide};
})();
