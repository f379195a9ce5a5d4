'use strict';

/** For models that give images a style: the image, mixed with its result by a strength. */
const stylist = (() => {
  const SIGNATURE = 'stylize_bytes';
  // The server's memory grows with the image.
  const SIDE = 1024;
  const element = id => document.getElementById(id);
  let content = null;
  let styled = null;

  /** Whether a model takes an image file and gives one. */
  function fits(model) {
    const signature = model.signatures[SIGNATURE];
    return Boolean(signature && 'image_bytes' in signature.inputs
      && 'stylized_bytes' in signature.outputs);
  }

  /** A smaller image as the bytes of a PNG file. */
  async function reduced(bitmap) {
    const scale = SIDE / Math.max(bitmap.width, bitmap.height);
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise(done => canvas.toBlob(done, 'image/png'));
    return blob.arrayBuffer();
  }

  /** The outputs for a file, reduced if it is large. */
  async function stylize(predict, base64, buffer, bitmap) {
    const isLarge = bitmap && Math.max(bitmap.width, bitmap.height) > SIDE;
    const file = isLarge ? await reduced(bitmap) : buffer;
    return predict(SIGNATURE, {image_bytes: [{b64: base64(file)}]});
  }

  function draw() {
    const strength = Number(element('strength').value);
    element('strength-text').textContent = strength.toFixed(2);
    element('strength').setAttribute('aria-valuetext', strength.toFixed(2));
    if (!styled) {
      return;
    }
    const canvas = element('styled');
    const context = canvas.getContext('2d');
    context.drawImage(content || styled, 0, 0, canvas.width, canvas.height);
    context.globalAlpha = content ? strength : 1;
    context.drawImage(styled, 0, 0);
    context.globalAlpha = 1;
  }

  /** Shows a result over its image, which this browser may be unable to decode. */
  async function show(outputs, bitmap, caption, milliseconds) {
    const bytes = Uint8Array.from(atob(outputs.stylized_bytes[0].b64), c => c.charCodeAt(0));
    styled = await createImageBitmap(new Blob([bytes], {type: 'image/png'}));
    content = bitmap;
    const canvas = element('styled');
    canvas.width = styled.width;
    canvas.height = styled.height;
    element('styled-text').textContent = caption;
    element('styled-time').textContent = 'answered in ' + Math.round(milliseconds) + ' ms';
    element('style').hidden = false;
    draw();
  }

  function hide() {
    element('style').hidden = true;
  }

  element('strength').addEventListener('input', draw);

  return {fits, stylize, show, hide};
})();
