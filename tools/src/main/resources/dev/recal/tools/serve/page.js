'use strict';

(() => {
  const TOP = 5;
  const MASKS = 8;
  const element = id => document.getElementById(id);
  let model = null;
  let turn = 0;

  async function json(response) {
    const text = await response.text();
    let value;
    try {
      value = JSON.parse(text);
    } catch (e) {
      // TensorFlow Serving writes NaN and Infinity, which JSON does not have.
      value = JSON.parse(text.replace(/-?\b(NaN|Infinity)\b/g, 'null'));
    }
    if (!response.ok) {
      throw new Error(value.error || 'The server responded with ' + response.status + '.');
    }
    return value;
  }

  /** Sends a request; if the server requires a token, the user is prompted for it. */
  async function send(path, options) {
    const withToken = () => {
      const token = sessionStorage.getItem('token');
      const headers = Object.assign({}, options.headers);
      if (token) {
        headers.Authorization = 'Bearer ' + token;
      }
      return fetch(path, Object.assign({}, options, {headers: headers}));
    };
    const response = await withToken();
    if (response.status !== 401) {
      return response;
    }
    const token = window.prompt('This server needs a token.');
    if (!token) {
      return response;
    }
    sessionStorage.setItem('token', token.trim());
    return withToken();
  }

  async function predict(signature, inputs) {
    const response = await send('/v1/models/' + encodeURIComponent(model.name) + ':predict', {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({signature_name: signature, inputs: inputs})
    });
    const outputs = (await json(response)).outputs;
    const names = Object.keys(model.signatures[signature].outputs);
    return names.length === 1 ? {[names[0]]: outputs} : outputs;
  }

  async function describe() {
    model = await json(await send('/recal/model', {}));
    document.title = model.name + ' · Recal';
    element('model').textContent = model.name;
    const classes = model.labels.length ? ', ' + model.labels.length + ' classes' : '';
    element('about').textContent = 'version ' + model.version + classes;
    element('call').textContent = 'POST /v1/models/' + model.name + ':predict';
  }

  function say(text, isError) {
    element('message').textContent = text;
    element('message').className = isError ? 'error' : '';
  }

  /** Height and width of the images that a signature takes, if it takes images. */
  function imageSize(signature) {
    const inputs = model.signatures[signature] && model.signatures[signature].inputs;
    const shape = inputs && inputs.images;
    return shape && shape.length === 4 && shape[1] > 0 && shape[2] > 0 && shape[3] === 3
      ? {height: shape[1], width: shape[2]} : null;
  }

  function base64(buffer) {
    const bytes = new Uint8Array(buffer);
    const parts = [];
    for (let i = 0; i < bytes.length; i += 0x8000) {
      parts.push(String.fromCharCode.apply(null, bytes.subarray(i, i + 0x8000)));
    }
    return btoa(parts.join(''));
  }

  /** The middle of an image at another size, as large as its shape allows. */
  function middle(bitmap, height, width) {
    const scale = Math.min(bitmap.height / height, bitmap.width / width);
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d', {willReadFrequently: true});
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, (bitmap.width - scale * width) / 2,
      (bitmap.height - scale * height) / 2, scale * width, scale * height, 0, 0, width, height);
    return canvas;
  }

  /** The pixels of a canvas as rows of [red, green, blue] from 0 to 1. */
  function pixels(canvas) {
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    const part = at => Math.round(data[at] / 255 * 1e4) / 1e4;
    return Array.from({length: canvas.height}, (_, y) =>
      Array.from({length: canvas.width}, (_, x) => {
        const at = 4 * (y * canvas.width + x);
        return [part(at), part(at + 1), part(at + 2)];
      }));
  }

  async function classify(buffer, bitmap) {
    const bytes = model.signatures.serving_bytes;
    if (bytes && bytes.outputs.probabilities) {
      const input = Object.keys(bytes.inputs)[0];
      return predict('serving_bytes', {[input]: [{b64: base64(buffer)}]});
    }
    const size = imageSize('serving_default');
    if (!size || !bitmap) {
      throw new Error('The model has no signature that takes images.');
    }
    return predict('serving_default', {images: [pixels(middle(bitmap, size.height, size.width))]});
  }

  function showClasses(outputs, milliseconds) {
    const scores = (outputs.probabilities || outputs[Object.keys(outputs)[0]])[0];
    const best = scores.map((score, index) => ({score, index}))
      .sort((a, b) => b.score - a.score).slice(0, TOP);
    element('classes').replaceChildren(...best.map(one => {
      const item = document.createElement('li');
      const words = document.createElement('div');
      words.className = 'words';
      const label = document.createElement('span');
      label.textContent = model.labels[one.index] || 'class ' + one.index;
      const share = document.createElement('span');
      share.textContent = (100 * one.score).toFixed(1) + ' %';
      words.append(label, share);
      const bar = document.createElement('progress');
      bar.max = 1;
      bar.value = Math.max(0, Math.min(1, one.score || 0));
      bar.setAttribute('aria-label', label.textContent);
      item.append(words, bar);
      return item;
    }));
    element('time').textContent = 'answered in ' + Math.round(milliseconds) + ' ms';
  }

  function shapeOf(value) {
    const shape = [];
    for (let v = value; Array.isArray(v); v = v[0]) {
      shape.push(v.length);
    }
    return shape;
  }

  function panel(canvas, caption) {
    const figure = document.createElement('figure');
    const text = document.createElement('figcaption');
    text.textContent = caption;
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', caption);
    figure.append(canvas, text);
    return figure;
  }

  function vectorPanel(layer, values) {
    const least = Math.min(...values).toFixed(2);
    const most = Math.max(...values).toFixed(2);
    return panel(maps.bars(values),
      layer + ' · ' + values.length + ' values from ' + least + ' to ' + most);
  }

  /** Adds one inner value to its group; returns whether it can be drawn. */
  function draw(groups, image, layer, word, value) {
    const shape = shapeOf(value);
    if (word === 'regions' && shape.length === 2) {
      groups.regions.push(panel(maps.regionMap(image, value), layer));
    } else if (shape.length === 1) {
      const group = word === 'gate' ? groups.gates : groups.weights;
      group.push(vectorPanel(layer + (word === 'gate' ? '' : ' · ' + word), value));
    } else if (shape.length === 3 && shape[0] * shape[1] === 1) {
      groups.gates.push(vectorPanel(layer, value[0][0]));
    } else if (shape.length === 3 && word === 'masks') {
      for (let group = 0; group < Math.min(MASKS, shape[2]); group++) {
        const at = (y, x) => value[y][x][group];
        groups.masks.push(panel(maps.heatMap(image, shape[0], shape[1], at, 1),
          layer + ' · group ' + group));
      }
    } else if (shape.length === 3) {
      const at = (y, x) => value[y][x].reduce((sum, v) => sum + v, 0) / shape[2];
      groups.places.push(panel(maps.heatMap(image, shape[0], shape[1], at, 1), layer));
    } else {
      return false;
    }
    return true;
  }

  const TITLES = {
    regions: 'DRConv regions',
    masks: 'SLIM masks',
    places: 'Spatial gates, averaged over the channels',
    weights: 'Mixture weights',
    gates: 'Gates by channel'
  };

  function showInside(outputs, image) {
    const groups = {regions: [], masks: [], places: [], weights: [], gates: []};
    const left = [];
    Object.keys(outputs).sort().forEach(name => {
      const slash = name.lastIndexOf('/');
      const layer = name.substring(0, slash);
      const word = name.substring(slash + 1);
      if (!draw(groups, image, layer, word, outputs[name][0])) {
        left.push(name);
      }
    });
    element('groups').replaceChildren(...Object.keys(groups).filter(key => groups[key].length)
      .flatMap(key => {
        const title = document.createElement('h3');
        title.textContent = TITLES[key];
        const panels = document.createElement('div');
        panels.className = key === 'weights' || key === 'gates' ? 'panels wide' : 'panels';
        panels.append(...groups[key]);
        return [title, panels];
      }));
    element('inside-note').textContent = 'Values published by the layers for the centre of the image, '
      + image.width + '×' + image.height + ', scaled by this browser.'
      + (left.length ? ' Not shown: ' + left.join(', ') + '.' : '');
    element('inside').hidden = false;
  }

  function caption(bitmap, file) {
    const name = file.name || 'image';
    return bitmap ? name + ', ' + bitmap.width + '×' + bitmap.height : name;
  }

  function preview(bitmap, file) {
    const canvas = element('preview');
    const scale = 640 / Math.max(bitmap.width, bitmap.height);
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    element('file-name').textContent = caption(bitmap, file);
  }

  async function show(file) {
    const mine = ++turn;
    const current = () => mine === turn;
    element('inside').hidden = true;
    say('Asking the model …', false);
    try {
      await describe();
      const buffer = await file.arrayBuffer();
      const bitmap = await createImageBitmap(file).catch(() => null);
      const began = performance.now();
      if (stylist.fits(model)) {
        const result = await stylist.stylize(predict, base64, buffer, bitmap);
        if (current()) {
          await stylist.show(result, bitmap, caption(bitmap, file), performance.now() - began);
          say('', false);
        }
        return;
      }
      const outputs = detector.fits(model)
        ? await detector.search(model, predict, base64(buffer)) : await classify(buffer, bitmap);
      if (!current()) {
        return;
      }
      if (detector.fits(model)) {
        detector.show(model, outputs, bitmap, caption(bitmap, file), performance.now() - began);
        say('', false);
        return;
      }
      showClasses(outputs, performance.now() - began);
      if (bitmap) {
        preview(bitmap, file);
      }
      element('preview').hidden = !bitmap;
      element('answer').hidden = false;
      const size = imageSize('recalibration');
      if (size && bitmap) {
        const image = middle(bitmap, size.height, size.width);
        const inner = await predict('recalibration', {images: [pixels(image)]});
        if (current()) {
          showInside(inner, image);
        }
      }
      say('', false);
    } catch (problem) {
      if (current()) {
        element('answer').hidden = true;
        detector.hide();
        stylist.hide();
        say(problem.message || String(problem), true);
      }
    }
  }

  function take(files) {
    if (files && files.length && !element('drop').hidden) {
      show(files[0]);
    }
  }

  const drop = element('drop');
  element('file').addEventListener('change', event => {
    take(event.target.files);
    event.target.value = '';
  });
  document.addEventListener('dragover', event => {
    event.preventDefault();
    drop.classList.add('over');
  });
  document.addEventListener('dragleave', () => drop.classList.remove('over'));
  document.addEventListener('drop', event => {
    event.preventDefault();
    drop.classList.remove('over');
    take(event.dataTransfer.files);
  });
  document.addEventListener('paste', event => take(event.clipboardData.files));
  describe()
    .then(() => {
      if (pyramid.fits(model)) {
        return pyramid.show(model, predict, say);
      }
      return generator.fits(model) && generator.show(predict, say);
    })
    .catch(problem => say(problem.message, true));
})();
