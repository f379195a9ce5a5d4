'use strict';

/** Several images at once: a small picture of each with its answer in words; one is shown large. */
const gallery = (() => {
  const SIDE = 192;
  const element = id => document.getElementById(id);

  function clear() {
    element('gallery').hidden = true;
    element('pictures').replaceChildren();
  }

  function mark(button) {
    element('pictures').querySelectorAll('button').forEach(one =>
      one.setAttribute('aria-pressed', String(one === button)));
  }

  /**
   * Adds a file.
   *
   * @param choose is called when the user asks for it
   */
  function add(file, choose) {
    const canvas = document.createElement('canvas');
    canvas.width = SIDE;
    canvas.height = SIDE;
    canvas.setAttribute('aria-hidden', 'true');
    const name = document.createElement('span');
    name.className = 'name';
    name.textContent = file.name || 'image';
    name.title = name.textContent;
    const answer = document.createElement('span');
    answer.className = 'answer';
    answer.textContent = 'waiting …';
    const button = document.createElement('button');
    button.type = 'button';
    button.setAttribute('aria-pressed', 'false');
    button.append(canvas, name, answer);
    button.addEventListener('click', () => {
      mark(button);
      choose();
    });
    const item = document.createElement('li');
    item.append(button);
    element('pictures').append(item);
    element('gallery').hidden = false;

    /** Shows the picture, which this browser may be unable to decode. */
    function draw(bitmap) {
      if (!bitmap) {
        return;
      }
      const scale = Math.max(SIDE / bitmap.width, SIDE / bitmap.height);
      const width = bitmap.width * scale;
      const height = bitmap.height * scale;
      const context = canvas.getContext('2d');
      context.imageSmoothingQuality = 'high';
      context.drawImage(bitmap, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
    }

    /** Shows the answer in words. */
    function say(words, isError) {
      answer.textContent = words;
      answer.classList.toggle('error', Boolean(isError));
    }

    return {draw, say, select: () => mark(button)};
  }

  return {add, clear};
})();
