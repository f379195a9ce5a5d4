'use strict';

/** What the layers of a network publish for an image: maps over it, and bars. */
const inside = (() => {
  const MASKS = 8;
  const element = id => document.getElementById(id);

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
    // Long names break after a slash.
    caption.split('/').forEach((part, i) => text.append(
      ...(i ? ['/', document.createElement('wbr')] : []), part));
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
    regions: ['DRConv regions', 'Each colour is a region with its own filters.'],
    masks: ['SLIM masks', 'Where each group of channels looks: bright is more.'],
    places: ['Spatial gates, averaged over the channels',
      'What a layer lets through at each place: bright is all, dark is nothing.'],
    weights: ['Mixture weights', 'How much of each component the layer takes for this image.'],
    gates: ['Gates by channel', 'How much of each channel the layer lets through: 0 is nothing.']
  };

  /** Shows the outputs of a signature over a picture; size is what the network got. */
  function show(outputs, image, size) {
    maps.clear();
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
        title.textContent = TITLES[key][0];
        const note = document.createElement('p');
        note.className = 'note';
        note.textContent = TITLES[key][1];
        const panels = document.createElement('div');
        panels.className = key === 'weights' || key === 'gates' ? 'panels wide' : 'panels';
        panels.append(...groups[key]);
        return [title, note, panels];
      }));
    element('inside-note').textContent = 'What the layers did with the centre of the image, which this browser scaled to '
      + size.width + '×' + size.height + ' pixels.'
      + (left.length ? ' Not shown: ' + left.join(', ') + '.' : '');
    element('fader').hidden = !(groups.regions.length + groups.masks.length + groups.places.length);
    element('inside').hidden = false;
  }

  element('fade').addEventListener('input', event => maps.fade(Number(event.target.value)));

  return {show};
})();
