'use strict';

/** For models that make images instead of looking at them. */
const generator = (() => {
  const SIGNATURE = 'generate_seeded_bytes';
  const element = id => document.getElementById(id);
  let turn = 0;

  /** Whether a model takes a seed and a count, and gives files. */
  function fits(model) {
    const signature = model.signatures[SIGNATURE];
    return Boolean(signature && 'seed' in signature.inputs && 'count' in signature.inputs);
  }

  function picture(file, seed, number) {
    const name = 'seed-' + seed + '-' + String(number).padStart(6, '0') + '.png';
    const image = document.createElement('img');
    image.src = 'data:image/png;base64,' + file.b64;
    image.alt = 'image ' + number + ' of seed ' + seed;
    const link = document.createElement('a');
    link.href = image.src;
    link.download = name;
    link.title = 'Save as ' + name;
    link.append(image);
    return link;
  }

  async function generate(predict, say) {
    const mine = ++turn;
    const seed = Number(element('seed').value);
    const count = Number(element('count').value);
    if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(count)
        || !element('seed').value || !element('count').value) {
      say('Seed and number of images: expected whole numbers.', true);
      return;
    }
    say('Generating …', false);
    try {
      const began = performance.now();
      const outputs = await predict(SIGNATURE, {seed: seed, count: count});
      if (mine !== turn) {
        return;
      }
      const files = outputs[Object.keys(outputs)[0]];
      element('made').replaceChildren(...files.map((file, number) => picture(file, seed, number)));
      const shown = files.length === 1 ? '1 image' : files.length + ' images';
      say(shown + ' in ' + Math.round(performance.now() - began) + ' ms', false);
    } catch (problem) {
      if (mine === turn) {
        element('made').replaceChildren();
        say(problem.message || String(problem), true);
      }
    }
  }

  /** Shows the form in place of the field for files. */
  function show(predict, say) {
    element('drop').hidden = true;
    element('maker').hidden = false;
    element('order').addEventListener('submit', event => {
      event.preventDefault();
      generate(predict, say);
    });
    element('next').addEventListener('click', () => {
      element('seed').value = Number(element('seed').value) + 1;
      generate(predict, say);
    });
    generate(predict, say);
  }

  return {fits, show};
})();
