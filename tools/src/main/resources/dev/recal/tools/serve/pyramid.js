'use strict';

/** For models that learned from a single image and make new ones from a chosen scale on. */
const pyramid = (() => {
  const MAKE = 'generate_bytes';
  const REBUILD = 'reconstruct_bytes';
  const INPUTS = ['seed', 'count', 'height', 'width', 'start_scale'];
  const PAUSE = 200;
  const element = id => document.getElementById(id);
  let scales = [];
  let timer = 0;
  let busy = false;
  let changed = false;

  /** Whether a model generates from a start scale, and says which scales it has. */
  function fits(model) {
    const signature = model.signatures[MAKE];
    return Boolean(signature && INPUTS.every(name => name in signature.inputs)
      && model.scales.length);
  }

  function last() {
    return scales[scales.length - 1];
  }

  function size(of) {
    return of.width + '×' + of.height;
  }

  function meaning(start) {
    if (start === 0) {
      return 'All scales are random: a new layout.';
    }
    const kept = 'The layout of the training image at ' + size(scales[start - 1]) + ' is kept; ';
    return kept + (start === scales.length - 1
      ? 'only the finest scale is random.' : 'the finer scales are random.');
  }

  function describeScale() {
    const start = Number(element('start').value);
    const text = start + ' of ' + (scales.length - 1);
    element('start-text').textContent = text;
    element('start').setAttribute('aria-valuetext', text);
    element('start-note').textContent = meaning(start);
  }

  /** The numbers of the form; null if one is not a whole number. */
  function order() {
    const numbers = {count: 1};
    const fields = {seed: 'layout-seed', width: 'made-width', height: 'made-height',
      start_scale: 'start'};
    for (const name of Object.keys(fields)) {
      const text = element(fields[name]).value;
      numbers[name] = Number(text);
      if (!text || !Number.isSafeInteger(numbers[name])) {
        return null;
      }
    }
    return numbers;
  }

  function source(outputs) {
    return 'data:image/png;base64,' + outputs[Object.keys(outputs)[0]][0].b64;
  }

  function showImage(outputs, numbers) {
    const image = element('generated');
    const link = element('generated-link');
    image.src = source(outputs);
    image.alt = 'Image of seed ' + numbers.seed + ' from scale ' + numbers.start_scale + ' on';
    link.href = image.src;
    link.download = 'seed-' + numbers.seed + '-scale-' + numbers.start_scale + '-'
      + numbers.width + 'x' + numbers.height + '.png';
    link.title = 'Save as ' + link.download;
    element('generated-text').textContent = 'Seed ' + numbers.seed + ', from scale '
      + numbers.start_scale + ' on, ' + size(numbers);
    element('generated-figure').hidden = false;
  }

  /** One request at a time: changes during it are answered by one more, of the latest numbers. */
  async function generate(predict, say) {
    window.clearTimeout(timer);
    if (busy) {
      changed = true;
      return;
    }
    const numbers = order();
    if (!numbers) {
      say('Seed, width and height: expected whole numbers.', true);
      return;
    }
    busy = true;
    changed = false;
    element('pair').setAttribute('aria-busy', 'true');
    say('Generating …', false);
    try {
      const began = performance.now();
      const outputs = await predict(MAKE, numbers);
      showImage(outputs, numbers);
      if (!changed) {
        say('1 image in ' + Math.round(performance.now() - began) + ' ms', false);
      }
    } catch (problem) {
      if (!changed) {
        element('generated-figure').hidden = true;
        say(problem.message || String(problem), true);
      }
    }
    busy = false;
    element('pair').removeAttribute('aria-busy');
    if (changed) {
      await generate(predict, say);
    }
  }

  async function rebuild(predict) {
    const outputs = await predict(REBUILD, {amplitude: 1});
    element('rebuilt').src = source(outputs);
    element('rebuilt-text').textContent = 'Reconstruction of the training image, ' + size(last());
    element('rebuilt-figure').hidden = false;
  }

  /** Shows the form in place of the field for files. */
  function show(model, predict, say) {
    scales = model.scales;
    element('start').max = scales.length - 1;
    element('made-width').value = last().width;
    element('made-height').value = last().height;
    element('drop').hidden = true;
    element('layers').hidden = false;
    element('pair').hidden = false;
    describeScale();
    const make = () => generate(predict, say);
    element('layout').addEventListener('submit', event => {
      event.preventDefault();
      make();
    });
    element('layout').addEventListener('input', () => {
      describeScale();
      window.clearTimeout(timer);
      timer = window.setTimeout(make, PAUSE);
    });
    element('another').addEventListener('click', () => {
      element('layout-seed').value = Number(element('layout-seed').value) + 1;
      make();
    });
    const rebuilds = model.signatures[REBUILD];
    const rebuilt = rebuilds && 'amplitude' in rebuilds.inputs
      ? rebuild(predict) : Promise.resolve();
    return rebuilt.then(make);
  }

  return {fits, show};
})();
