'use strict';

(() => {
  // The side of a map in pixels.
  const SHOWN = 320;
  const element = id => document.getElementById(id);
  let model = null;
  // Of the image that is shown, and of the images that are asked about one after another.
  let turn = 0;
  let batch = 0;

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
      const problem = new Error(value.error || 'The server responded with ' + response.status + '.');
      problem.status = response.status;
      throw problem;
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

  /** Lets the user choose among several models. */
  function offer(names) {
    const known = [...element('models').options].map(option => option.value);
    element('chooser').hidden = names.length < 2;
    if (names.length > 1 && names.join('\n') !== known.join('\n')) {
      element('models').replaceChildren(...names.map(name => new Option(name, name)));
      element('models').value = model.name;
    }
  }

  async function describe() {
    const name = element('models').value;
    model = await json(await send('/recal/model'
      + (name ? '?name=' + encodeURIComponent(name) : ''), {}));
    offer(model.models);
    document.title = model.name + ' · Recal';
    element('model').textContent = model.name;
    element('about').textContent = 'version ' + model.version + answers.count(model);
    element('call').textContent = 'POST /v1/models/' + model.name + ':predict';
  }

  function say(text, isError) {
    element('message').textContent = text;
    element('message').className = isError ? 'error' : '';
  }

  const PROBLEMS = {
    400: name => 'The model could not use ' + name + '. JPEG and PNG images usually work.',
    401: () => 'The server did not accept the token.',
    413: name => name + ' is too large for this server.',
    503: () => 'The server is busy. Try again in a moment.',
    504: () => 'The model took too long.'
  };

  /** A problem in words; what the server said is there for those who want it. */
  function explain(problem, file) {
    const words = PROBLEMS[problem.status];
    say(words ? words(file.name || 'the image') : problem.message || String(problem), true);
    if (words) {
      const details = document.createElement('details');
      const summary = document.createElement('summary');
      summary.textContent = 'What the server says';
      details.append(summary, problem.message);
      element('message').append(details);
    }
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
    if (bytes && (bytes.outputs.probabilities || answers.areNumbers(model))) {
      const input = Object.keys(bytes.inputs)[0];
      return predict('serving_bytes', {[input]: [{b64: base64(buffer)}]});
    }
    const size = imageSize('serving_default');
    if (!size || !bitmap) {
      throw new Error('This model does not take images.');
    }
    return predict('serving_default', {images: [pixels(middle(bitmap, size.height, size.width))]});
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

  /** Asks the model about a file. */
  async function ask(file) {
    const buffer = await file.arrayBuffer();
    const bitmap = await createImageBitmap(file).catch(() => null);
    const began = performance.now();
    let outputs;
    if (stylist.fits(model)) {
      outputs = await stylist.stylize(predict, base64, buffer, bitmap);
    } else if (detector.fits(model)) {
      outputs = await detector.search(model, predict, base64(buffer));
    } else {
      outputs = await classify(buffer, bitmap);
    }
    return {file, bitmap, outputs, milliseconds: performance.now() - began};
  }

  /** An answer in words. */
  function words(outputs) {
    if (stylist.fits(model)) {
      return 'done';
    }
    if (detector.fits(model)) {
      return detector.words(model, outputs);
    }
    return answers.words(model, outputs);
  }

  async function display(answer, current) {
    const {file, bitmap, outputs, milliseconds} = answer;
    if (stylist.fits(model)) {
      await stylist.show(outputs, bitmap, caption(bitmap, file), milliseconds);
    } else if (detector.fits(model)) {
      detector.show(model, outputs, bitmap, caption(bitmap, file), milliseconds);
    } else {
      answers.show(model, outputs, milliseconds);
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
          // The maps lie over the image as it is, not over the pixels that the model gets.
          const scale = Math.max(1, SHOWN / size.width);
          const picture = middle(bitmap, size.height * scale, size.width * scale);
          inside.show(inner, picture, size);
        }
      }
    }
  }

  function hideAnswers() {
    element('answer').hidden = true;
    detector.hide();
    stylist.hide();
  }

  /** Asks about a file and shows the answer; returns it, or null if there is none. */
  async function showOne(file) {
    const mine = ++turn;
    const current = () => mine === turn;
    element('inside').hidden = true;
    say('Asking the model …', false);
    try {
      await describe();
      const answer = await ask(file);
      if (current()) {
        await display(answer, current);
      }
      if (current()) {
        say('', false);
      }
      return answer;
    } catch (problem) {
      if (current()) {
        hideAnswers();
        explain(problem, file);
      }
      return null;
    }
  }

  /** Asks about files one after another; the first answer is shown. */
  async function showAll(files, entries) {
    const mine = ++batch;
    const current = () => mine === batch;
    for (let i = 0; i < files.length && current(); i++) {
      // A server that is busy, or a file that is not an image, does not stop the others.
      const answer = await (i === 0 ? showOne(files[0]) : ask(files[i]).catch(() => null));
      if (!current()) {
        return;
      }
      entries[i].draw(answer && answer.bitmap);
      entries[i].say(answer ? words(answer.outputs) : 'not answered', !answer);
      if (i > 0 && answer && answer.bitmap) {
        answer.bitmap.close();
      }
      element('progress').textContent = (i + 1) + ' of ' + files.length + ' images';
    }
  }

  function take(list) {
    const files = Array.from(list || []);
    if (!files.length || element('drop').hidden) {
      return;
    }
    batch++;
    gallery.clear();
    if (files.length === 1) {
      showOne(files[0]);
      return;
    }
    const entries = files.map(file => gallery.add(file, () => showOne(file)));
    entries[0].select();
    element('progress').textContent = '';
    showAll(files, entries);
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
  element('models').addEventListener('change', () => {
    turn++;
    batch++;
    gallery.clear();
    hideAnswers();
    element('inside').hidden = true;
    start();
  });
  document.addEventListener('paste', event => take(event.clipboardData.files));

  function start() {
    return describe()
      .then(() => {
        if (pyramid.fits(model)) {
          return pyramid.show(model, predict, say);
        }
        return generator.fits(model) && generator.show(predict, say);
      })
      .catch(problem => say(problem.message, true));
  }

  start();
})();
