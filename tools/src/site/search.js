'use strict';

// searchIndex: sections of the guides; typeSearchIndex, memberSearchIndex: what javadoc writes, absent without it.
(() => {
  const root = document.body.dataset.root;
  const input = document.getElementById('search');
  const results = document.getElementById('results');
  const MAX = 14;

  const types = typeof typeSearchIndex === 'undefined' ? [] : typeSearchIndex
    .filter((type) => type.p)
    .map((type) => ({
      url: 'apidocs/' + type.p.replaceAll('.', '/') + '/' + type.l + '.html',
      title: type.l,
      heading: type.l,
      text: type.p,
      page: 'class',
    }));
  const entries = searchIndex.concat(types).map(lowered);

  function lowered(entry) {
    return {
      ...entry,
      lowHeading: entry.heading.toLowerCase(),
      low: (entry.page + ' ' + entry.heading + ' ' + entry.text).toLowerCase(),
    };
  }

  // Methods and fields are many: they are loaded when somebody begins to search.
  function loadMembers() {
    const script = document.createElement('script');
    script.src = root + 'apidocs/member-search-index.js';
    script.addEventListener('load', () => {
      for (const member of memberSearchIndex.filter((one) => one.p)) {
        entries.push(lowered({
          url: 'apidocs/' + member.p.replaceAll('.', '/') + '/' + member.c + '.html#' + (member.u || member.l),
          title: member.l,
          heading: member.l,
          text: member.p + '.' + member.c,
          page: 'member',
        }));
      }
      show();
    });
    document.head.append(script);
  }

  // So many of the words may be missing in the entry.
  function score(entry, words, mayLack) {
    let sum = words.length > 1 && entry.low.includes(words.join(' ')) ? 4 : 0;
    let lacking = 0;
    for (const word of words) {
      if (!entry.low.includes(word)) {
        lacking += 1;
        if (lacking > mayLack) {
          return 0;
        }
        continue;
      }
      sum += entry.lowHeading === word ? 12 : entry.lowHeading.startsWith(word) ? 8
        : entry.lowHeading.includes(word) ? 5 : Math.min(3, entry.low.split(word).length - 1);
    }
    // What a guide says comes before the history, the insides, and names that only contain the words.
    switch (entry.page) {
      case 'Changelog':
      case 'Contributing':
        return sum / 4;
      case 'class':
        return entry.lowHeading === words.join('') ? sum : sum / 2;
      case 'member':
        return sum / 4;
      default:
        return sum;
    }
  }

  /** Returns the entries with all words or, if there is none, with as many as there are. */
  function find(words) {
    for (let mayLack = 0; mayLack < words.length; mayLack += 1) {
      const found = entries
        .map((entry) => ({entry, score: score(entry, words, mayLack)}))
        .filter((hit) => hit.score > 0);
      if (found.length > 0) {
        return found.sort((a, b) => b.score - a.score).slice(0, MAX);
      }
    }
    return [];
  }

  function excerpt(entry, words) {
    const at = Math.max(0, entry.text.toLowerCase().indexOf(words[0]) - 40);
    const text = entry.text.slice(at, at + 130);
    return (at > 0 ? '…' : '') + text + (at + 130 < entry.text.length ? '…' : '');
  }

  function show() {
    const words = input.value.toLowerCase().split(/\s+/).filter((word) => word.length > 1);
    results.replaceChildren();
    if (words.length > 0) {
      const found = find(words);
      for (const {entry} of found) {
        const link = document.createElement('a');
        link.href = root + entry.url;
        link.textContent = entry.heading;
        const small = document.createElement('small');
        small.textContent = entry.page + ' · ' + excerpt(entry, words);
        link.append(small);
        const item = document.createElement('li');
        item.append(link);
        results.append(item);
      }
      if (found.length === 0) {
        const item = document.createElement('li');
        item.textContent = 'Nothing found.';
        results.append(item);
      }
    }
    results.hidden = words.length === 0;
  }

  function move(event, step) {
    const links = [...results.querySelectorAll('a')];
    const next = links.indexOf(document.activeElement) + step;
    event.preventDefault();
    (next < 0 ? input : links[Math.min(next, links.length - 1)])?.focus();
  }

  input.addEventListener('input', show);
  input.addEventListener('focus', loadMembers, {once: true});
  document.querySelector('.search').addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') {
      move(event, 1);
    } else if (event.key === 'ArrowUp') {
      move(event, -1);
    } else if (event.key === 'Enter' && document.activeElement === input) {
      results.querySelector('a')?.click();
    } else if (event.key === 'Escape') {
      results.hidden = true;
      input.focus();
    }
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
    }
  });
  document.addEventListener('click', (event) => {
    if (!event.target.closest('.search')) {
      results.hidden = true;
    }
  });

  // A link to the site with ?q= shows the results at once.
  const query = new URLSearchParams(location.search).get('q');
  if (query) {
    input.value = query;
    show();
  }
})();
