// Things and the lines between them: the triples of an answer, or the IRIs that stand in a row together.
'use strict';

import { count, make, mark, picture, short } from './elements.js';
import { address, learn, shown } from './names.js';

const MOST = 150;
const ROUNDS = 220;
const RADIUS = 7;
const LETTER = 6.8;  // pixels of a letter of the names, about
const COLOURS = 6;  // as many classes as query.css has

export function offered(answer) {
  if (!answer.rows.length) return false;
  return answer.kind === 'triples' ? links(answer).edges.length > 0 : answer.types.filter((type) => type === 'iri').length > 1;
}

export async function draw(host, answer) {
  const { nodes, edges, literals } = links(answer);
  const most = nodes.slice(0, MOST), kept = new Set(most.map((node) => node.key));
  const lines = edges.filter((edge) => kept.has(edge.from) && kept.has(edge.to));
  await learn([...most.filter((node) => node.term.type === 'uri').map((node) => node.key), ...lines.map((line) => line.iri).filter(Boolean)]);
  const parts = [nodes.length > MOST ? `${MOST} of ${count(nodes.length, 'thing')}` : count(nodes.length, 'thing'),
    lines.length < edges.length ? `${lines.length.toLocaleString('en')} of ${count(edges.length, 'line')}` : count(edges.length, 'line')];
  if (literals) parts.push(`${count(literals, 'value')} that are no things stand in the table`);
  const at = make('div', { className: 'picture', tabIndex: 0, role: 'region', 'aria-label': 'Graph' });
  const groups = [...new Set(most.map((node) => node.group))];
  const told = make('p', { className: 'muted' });
  host.append(told, at);
  const { svg, unnamed } = drawing(most, lines, groups, host.clientWidth);
  const left = unnamed ? ` ${count(unnamed, 'name is', 'names are')} left out where they would cover others: point at a dot, or step to it, to read its own.` : '';
  told.textContent = `${parts.join(', ')}. Those with the most lines come first.${left}`;
  if (answer.kind !== 'triples') {
    host.append(make('p', { className: 'legend' }, ...groups.map((group) =>
      make('span', { className: `key k${groups.indexOf(group) % COLOURS}` }, group))));
  }
  at.append(svg);
}

// The things by how many lines they have, and the lines, each once.
function links(answer) {
  const nodes = new Map(), edges = new Map();
  let literals = 0;
  const node = (term, group) => {
    const key = term.type === 'bnode' ? `_:${term.value}` : term.value;
    if (!nodes.has(key)) nodes.set(key, { key, term, group, lines: 0 });
    return nodes.get(key);
  };
  const edge = (from, to, name, iri) => {
    const key = JSON.stringify([from.key, to.key, iri ?? name]);
    if (edges.has(key) || from === to) return;
    edges.set(key, { from: from.key, to: to.key, name, iri });
    from.lines++;
    to.lines++;
  };
  if (answer.kind === 'triples') {
    for (const [subject, predicate, object] of answer.rows) {
      if (object.type === 'literal') literals++;
      else edge(node(subject, 'thing'), node(object, 'thing'), null, predicate.value);
    }
  } else {
    const [first, ...others] = answer.columns.map((_, i) => i).filter((i) => answer.types[i] === 'iri');
    for (const row of answer.rows) {
      if (row[first] === null) continue;
      const from = node(row[first], answer.columns[first]);
      for (const other of others) if (row[other] !== null) edge(from, node(row[other], answer.columns[other]), answer.columns[other], null);
    }
  }
  return { nodes: [...nodes.values()].sort((one, other) => other.lines - one.lines), edges: [...edges.values()], literals };
}

function drawing(nodes, lines, groups, space) {
  const width = Math.max(340, Math.min(1200, space || 1000));
  const height = Math.round(Math.max(320, Math.min(width < 600 ? 1400 : 900, 120 + (nodes.length * 7000) / width)));
  const at = fitted(laidOut(nodes, lines), width, height);
  const svg = picture(width, height, 'Graph', `${count(nodes.length, 'thing')} and ${count(lines.length, 'line')}; the table view has the same rows`);
  svg.setAttribute('role', 'group');  // an image has nothing in it to step to, and the dots are links
  svg.style.width = `${width}px`;
  svg.append(mark('defs', {}, mark('marker', { id: 'tip', viewBox: '0 0 8 8', refX: 8, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
    mark('path', { d: 'M0 0 8 4 0 8Z', class: 'tip' }))));
  for (const line of lines) {
    const [[x1, y1], [x2, y2]] = [at.get(line.from), at.get(line.to)];
    const length = Math.hypot(x2 - x1, y2 - y1) || 1, back = 9 / length;
    svg.append(mark('path', { class: 'link', d: `M${x1} ${y1}L${x2 - (x2 - x1) * back} ${y2 - (y2 - y1) * back}`, 'marker-end': 'url(#tip)' },
      mark('title', {}, line.name ?? shown({ type: 'uri', value: line.iri }))));
  }
  const most = nodes.length <= 24 ? 34 : 22;
  const taken = [...at.values()].map(([x, y]) => [x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS]);
  const names = mark('g', { class: 'names' });  // above all dots
  let unnamed = 0;
  for (const node of nodes) {
    const [x, y] = at.get(node.key), words = shown(node.term), link = address(node.term), text = words.includes('://') ? shortened(words, most) : short(words, most);
    const dot = mark('g', { class: `node k${groups.indexOf(node.group) % COLOURS}` }, mark('title', {}, words), mark('circle', { cx: x, cy: y, r: RADIUS }));
    const free = freeBox(text, x, y, width, taken), [left, , right, below] = free ?? boxes(text, x, y, width)[0];
    const name = mark('text', { x: (left + right) / 2, y: below - 4, 'text-anchor': 'middle', class: free ? '' : 'spare' }, text);
    if (free) taken.push(free);
    else unnamed++;
    names.append(name);
    const handle = link?.startsWith('/') ? mark('a', { href: link, 'aria-label': words }, dot) : dot;
    for (const [kind, is] of [['mouseenter', true], ['mouseleave', false], ['focus', true], ['blur', false]]) {
      handle.addEventListener(kind, () => { name.classList.toggle('read', is); if (is) names.append(name); });
    }
    svg.append(handle);
  }
  svg.append(names);
  return { svg, unnamed };
}

// Addresses of one place differ at their ends.
const shortened = (address, most) => (address.length > most ? `…${address.slice(1 - most)}` : address);

// Where the words of a dot may stand, as [left, top, right, bottom]: over it, under it, to its right, to its left.
function boxes(text, x, y, width) {
  const wide = text.length * LETTER, middle = Math.max(wide / 2 + 2, Math.min(width - wide / 2 - 2, x));
  return [[middle - wide / 2, y - 24], [middle - wide / 2, y + 9], [x + 11, y - 8], [x - 11 - wide, y - 8]]
    .map(([left, top]) => [left, top, left + wide, top + 15]);
}

const freeBox = (text, x, y, width, taken) => boxes(text, x, y, width).find((one) => one[0] >= 0 && one[2] <= width && !taken.some((other) =>
  one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3]));

// Places in the picture. Half of each is the order alone, so that a crowd in one corner is drawn apart.
function fitted(places, width, height) {
  const axis = (which, room, edge) => {
    const all = [...places.values()].map((place) => place[which]), sorted = [...new Set(all)].sort((one, other) => one - other);
    const [least, most] = [sorted[0], sorted.at(-1)], rank = new Map(sorted.map((value, i) => [value, i / Math.max(1, sorted.length - 1)]));
    return (value) => (most === least ? room / 2 : edge + (((value - least) / (most - least) + rank.get(value)) / 2) * (room - 2 * edge));
  };
  const [x, y] = [axis(0, width, Math.min(90, width * 0.12)), axis(1, height, 34)];
  return new Map([...places].map(([key, place]) => [key, [x(place[0]), y(place[1])]]));
}

// Things push each other away, lines pull, and all is drawn to the middle, so that parts without a line between them stay
// near. It starts from a spiral, so that the same answer has the same picture.
function laidOut(nodes, lines) {
  const at = nodes.map((_, i) => [Math.sqrt(i + 1) * Math.cos(i * 2.39996) * 60, Math.sqrt(i + 1) * Math.sin(i * 2.39996) * 40]);
  const index = new Map(nodes.map((node, i) => [node.key, i]));
  const pulls = lines.map((line) => [index.get(line.from), index.get(line.to)]);
  const far = 90;
  for (let round = 0; round < ROUNDS; round++) {
    const heat = far * (1 - round / ROUNDS), moves = nodes.map(() => [0, 0]);
    for (let i = 0; i < nodes.length; i++) {
      for (let j = i + 1; j < nodes.length; j++) {
        const [dx, dy] = [at[i][0] - at[j][0], at[i][1] - at[j][1]];
        const push = (far * far) / Math.max(1, dx * dx + dy * dy);
        moves[i][0] += dx * push; moves[i][1] += dy * push;
        moves[j][0] -= dx * push; moves[j][1] -= dy * push;
      }
    }
    for (const [i, j] of pulls) {
      const [dx, dy] = [at[i][0] - at[j][0], at[i][1] - at[j][1]], pull = Math.hypot(dx, dy) / far;
      moves[i][0] -= dx * pull; moves[i][1] -= dy * pull;
      moves[j][0] += dx * pull; moves[j][1] += dy * pull;
    }
    moves.forEach((move, i) => {
      const [dx, dy] = [move[0] - at[i][0], move[1] - at[i][1]];
      const length = Math.hypot(dx, dy) || 1, step = Math.min(length, heat);
      at[i] = [at[i][0] + (dx / length) * step, at[i][1] + (dy / length) * step];
    });
  }
  return new Map(nodes.map((node, i) => [node.key, at[i]]));
}
