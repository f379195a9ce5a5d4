'use strict';

/** What a classifier, or a model for numbers, answers for an image: names, and how much of each. */
const answers = (() => {
  const TOP = 5;
  const PRESENT = 0.5;
  const element = id => document.getElementById(id);

  /** Whether a model answers image files with numbers. */
  function areNumbers(model) {
    const bytes = model.signatures.serving_bytes;
    return Boolean(bytes && bytes.outputs.values);
  }

  /** Whether an image may have several classes, each with a probability of its own. */
  function areSeveral(model) {
    return model.outputs === 'several-classes';
  }

  /** How many classes or numbers a model knows; empty if it does not say. */
  function count(model) {
    const many = model.labels.length;
    const one = areNumbers(model) ? 'number' : 'class';
    return many ? ', ' + many + ' ' + (many === 1 ? one : areNumbers(model) ? 'numbers' : 'classes')
      : '';
  }

  function numberText(value) {
    return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : 'not finite';
  }

  /** The numbers in the model's order, or the classes, the most probable first. */
  function read(model, outputs) {
    if (areNumbers(model)) {
      return outputs.values[0].map((value, index) =>
        ({name: model.labels[index] || 'number ' + index, text: numberText(value)}));
    }
    const scores = (outputs.probabilities || outputs[Object.keys(outputs)[0]])[0];
    return scores.map((score, index) =>
      ({score, name: model.labels[index] || 'class ' + index,
        text: (100 * score).toFixed(1) + '\u00a0%'}))
      .sort((a, b) => b.score - a.score);
  }

  /** The answer in words. */
  function words(model, outputs) {
    const all = read(model, outputs);
    if (areNumbers(model)) {
      return all.map(one => one.name + ' ' + one.text).join(', ');
    }
    if (areSeveral(model)) {
      const present = all.filter(one => one.score >= PRESENT).map(one => one.name);
      return present.length ? present.join(', ') : 'none of the classes';
    }
    return all[0].name + ' ' + all[0].text;
  }

  function bar(one) {
    const made = document.createElement('progress');
    made.max = 1;
    made.value = Math.max(0, Math.min(1, one.score || 0));
    made.setAttribute('aria-label', one.name);
    return made;
  }

  function show(model, outputs, milliseconds) {
    const numbers = areNumbers(model);
    element('kind').textContent = numbers ? 'Numbers'
      : areSeveral(model) ? 'Classes, each by itself' : 'Classes';
    element('classes').className = numbers || areSeveral(model) ? 'equal' : '';
    const all = read(model, outputs);
    element('classes').replaceChildren(...(numbers ? all : all.slice(0, TOP)).map(one => {
      const item = document.createElement('li');
      const line = document.createElement('div');
      line.className = 'words';
      const label = document.createElement('span');
      label.textContent = one.name;
      const share = document.createElement('span');
      share.textContent = one.text;
      line.append(label, share);
      item.append(line);
      if (!numbers) {
        item.append(bar(one));
      }
      return item;
    }));
    element('time').textContent = 'answered in ' + Math.round(milliseconds) + ' ms';
  }

  return {areNumbers, count, words, show};
})();
