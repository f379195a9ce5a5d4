'use strict';

/** Drawings of what layers show of themselves: maps over the image, bars for vectors. */
const maps = (() => {
  const SIDE = 320;
  // From cold to hot; dark to light too, so that it reads in grey.
  const HEAT = [[0, 0, 4], [27, 12, 65], [74, 12, 107], [120, 28, 109], [165, 44, 96],
    [207, 68, 70], [237, 105, 37], [251, 155, 6], [247, 209, 61], [252, 255, 164]];

  function heat(value) {
    const place = Math.max(0, Math.min(1, value || 0)) * (HEAT.length - 1);
    const low = Math.min(HEAT.length - 2, Math.floor(place));
    const part = place - low;
    return HEAT[low].map((c, i) => Math.round(c + (HEAT[low + 1][i] - c) * part));
  }

  // Far apart on the wheel of colours for neighbouring numbers.
  function regionColour(region) {
    const hue = (region * 0.381966 % 1) * 6;
    const x = 1 - Math.abs(hue % 2 - 1);
    const rgb = [[1, x, 0], [x, 1, 0], [0, 1, x], [0, x, 1], [x, 0, 1], [1, 0, x]][Math.floor(hue)];
    return rgb.map(c => Math.round(255 * (0.15 + 0.85 * c)));
  }

  function canvas(width, height) {
    const made = document.createElement('canvas');
    made.width = width;
    made.height = height;
    return made;
  }

  // A small picture, one pixel for each place of the map.
  function plane(height, width, colour) {
    const small = canvas(width, height);
    const context = small.getContext('2d');
    const pixels = context.createImageData(width, height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = 4 * (y * width + x);
        pixels.data.set(colour(y, x), at);
        pixels.data[at + 3] = 255;
      }
    }
    context.putImageData(pixels, 0, 0);
    return small;
  }

  const drawings = [];
  let strength = 0.7;

  /** Sets how much of the maps is seen over the image: from 0 to 1. */
  function fade(share) {
    strength = share;
    drawings.forEach(draw => draw());
  }

  /** Forgets the maps of an earlier image. */
  function clear() {
    drawings.length = 0;
  }

  function over(image, small, share, smooth) {
    const made = canvas(SIDE, Math.round(SIDE * image.height / image.width));
    const context = made.getContext('2d');
    const draw = () => {
      context.globalAlpha = 1;
      context.imageSmoothingEnabled = true;
      context.imageSmoothingQuality = 'high';
      context.drawImage(image, 0, 0, made.width, made.height);
      context.globalAlpha = share * strength;
      context.imageSmoothingEnabled = smooth;
      context.drawImage(small, 0, 0, made.width, made.height);
    };
    draw();
    drawings.push(draw);
    return made;
  }

  /** A heat map over the image; hot where value(y, x) is near top. */
  function heatMap(image, height, width, value, top) {
    const scale = top > 0 ? top : 1;
    return over(image, plane(height, width, (y, x) => heat(value(y, x) / scale)), 0.75, true);
  }

  /** The image with each position in the colour of its region. */
  function regionMap(image, rows) {
    const small = plane(rows.length, rows[0].length, (y, x) => regionColour(rows[y][x]));
    return over(image, small, 0.65, false);
  }

  /** A bar for each value, from 0 up to the greatest or 1. */
  function bars(values) {
    const made = canvas(2 * SIDE, 150);
    const context = made.getContext('2d');
    const finite = values.filter(v => Number.isFinite(v));
    const top = Math.max(1e-9, ...finite);
    const bottom = Math.min(0, ...finite);
    const range = Math.max(1, top) - bottom;
    const width = made.width / values.length;
    values.forEach((value, i) => {
      const height = Math.abs(value || 0) / range * made.height;
      const zero = made.height * (1 + bottom / range);
      context.fillStyle = 'rgb(' + heat(0.15 + 0.75 * Math.abs(value || 0) / Math.max(1, top)) + ')';
      // Narrower bars would be striped on the screen, where the canvas is half as wide.
      const gap = width >= 10 ? 2 : 0;
      // Whole pixels: between parts of one the background would be seen.
      const left = Math.round(i * width);
      const right = Math.max(left + 1, Math.round((i + 1) * width) - gap);
      context.fillRect(left, value >= 0 ? zero - height : zero, right - left, Math.max(1, height));
    });
    return made;
  }

  return {heatMap, regionMap, bars, fade, clear};
})();
