// What is selected, hidden and sought, kept in one place and in the address.

const data = JSON.parse(document.getElementById('data').textContent);
const state = { hiddenNodes: new Set(), hiddenEdges: new Set(), lit: null, found: new Set(), chosen: null, shown: null };
const picture = makePicture(data, pick);
const drawer = makeDrawer(data, pick, clear);
makeSheets(data, picture);
let cameFrom = null, picked = null;

// ---- selection: { node }, { edge }, { row } by number, { document } by IRI, or null ---------------------------------

const endsOf = (edge) => [edge.source, ...(edge.others ?? []), edge.target];

function rowsOf(choice) {
  if ('edge' in choice) return data.edges[choice.edge].rows;
  const hit = {
    node: (row) => row.nodes.includes(choice.node),
    row: (_, i) => i === choice.row,
    document: (row) => row.document === choice.document,
  }[Object.keys(choice)[0]];
  return data.rows.flatMap((row, i) => (hit(row, i) ? [i] : []));
}

function light(choice, rows) {
  const nodes = new Set(rows.flatMap((i) => data.rows[i].nodes));
  const edges = new Set(rows.flatMap((i) => data.rows[i].edges));
  const also = 'edge' in choice ? [choice.edge]
    : data.edges.flatMap((edge, i) => ('node' in choice && !edge.rows.length && !state.hiddenEdges.has(i)
      && endsOf(edge).includes(choice.node) ? [i] : []));
  for (const i of also) {
    edges.add(i);
    endsOf(data.edges[i]).forEach((node) => nodes.add(node));
  }
  if ('node' in choice) nodes.add(choice.node);
  return { nodes, edges, rows: new Set(rows) };
}

function address(choice) {
  const [name, value] = {
    node: () => {
      const node = data.nodes[choice.node];
      return [node.tier === 'claim' ? 'claim' : 'node', node.id];
    },
    edge: () => ['edge', data.edges[choice.edge].id],
    row: () => ['row', `${data.rows[choice.row].document}|${data.rows[choice.row].row}`],
    document: () => ['document', choice.document],
  }[Object.keys(choice)[0]]();
  return `#${name}=${encodeURIComponent(value)}`;
}

// A name that stands for no node by its id may be the IRI of one: links from elsewhere know no columns.
function choiceFrom(hash) {
  const [, name, code] = /^#(claim|node|edge|row|document)=(.+)$/.exec(hash) ?? [];
  if (!name) return null;
  let value;
  try {
    value = decodeURIComponent(code);
  } catch {
    return null;
  }
  const find = (things, test, key) => {
    const i = things.findIndex(test);
    return i < 0 ? null : { [key]: i };
  };
  if (name === 'edge') return find(data.edges, (edge) => edge.id === value, 'edge');
  if (name === 'row') return find(data.rows, (row) => `${row.document}|${row.row}` === value, 'row');
  if (name === 'document') return data.rows.some((row) => row.document === value) ? { document: value } : null;
  return find(data.nodes, (node) => node.id === value, 'node') ?? find(data.nodes, (node) => node.iri === value, 'node');
}

function remember(hash) {
  try {
    history.replaceState(null, '', hash || location.pathname + location.search);
  } catch {
    // A page inside a notebook's frame has no address of its own; the selection still works.
  }
}

function pick(choice) {
  if (choice === null) return clear();
  const rows = rowsOf(choice);
  if (!drawer.isOpen) cameFrom = document.activeElement;
  state.lit = light(choice, rows);
  state.chosen = choice.node ?? null;
  state.shown = choice.edge ?? null;
  picked = choice;
  remember(address(choice));
  if ('node' in choice) drawer.node(choice.node, rows);
  else if ('edge' in choice) drawer.edge(choice.edge, rows);
  else drawer.rows(data.rows[rows[0]].documentLabel, 'row' in choice ? 'One row' : 'Document', rows);
  picture.show(state);
  picture.resize();
  picture.reveal(...(data.edges[choice.edge]?.names ? endsOf(data.edges[choice.edge]) : [choice.node ?? Math.min(...state.lit.nodes)]));
  return undefined;
}

function clear() {
  if (!drawer.isOpen) return;
  drawer.close();
  state.lit = null;
  state.chosen = null;
  state.shown = null;
  picked = null;
  remember('');
  picture.show(state);
  picture.resize();
  cameFrom?.focus({ preventScroll: true });
  cameFrom = null;
}

addEventListener('keydown', (event) => { if (event.key === 'Escape') clear(); });
addEventListener('hashchange', () => {
  const choice = choiceFrom(location.hash);
  if (choice) pick(choice);
  const section = document.getElementById(location.hash.slice(1));
  if (section instanceof HTMLDetailsElement) section.open = true;
});
addEventListener('click', (event) => {
  const button = event.target.closest?.('td [data-row], td [data-relation]');
  if (!button) return;
  const { row, relation } = button.dataset;
  pick(relation ? { edge: data.edges.findIndex((edge) => edge.id === relation) } : { row: Number(row) });
  document.getElementById('stage').scrollIntoView();
});

// ---- filters ---------------------------------------------------------------------------------------------------------

const boxes = [...document.querySelectorAll('[data-node-kind], [data-edge-kind]')];
const visible = document.getElementById('visible'), switched = document.getElementById('switched');

function filter() {
  const off = (name) => new Set(boxes.filter((box) => !box.checked && box.dataset[name]).map((box) => box.dataset[name]));
  const nodeKinds = off('nodeKind'), edgeKinds = off('edgeKind');
  state.hiddenNodes = new Set(data.nodes.flatMap((node, i) => (nodeKinds.has(node.kind) ? [i] : [])));
  state.hiddenEdges = new Set(data.edges.flatMap((edge, i) =>
    edgeKinds.has(edge.kind) || state.hiddenNodes.has(edge.source) || state.hiddenNodes.has(edge.target) ? [i] : []));
  const nodes = data.nodes.length - state.hiddenNodes.size, edges = data.edges.length - state.hiddenEdges.size;
  const say = (number, word) => `${number.toLocaleString('en')} ${word}${number === 1 ? '' : 's'}`;
  visible.dataset.nodes = nodes;
  visible.dataset.edges = edges;
  visible.textContent = `${say(nodes, 'node')} and ${say(edges, 'link')} visible`;
  if (switched) offerBack(edgeKinds);
  if (picked) state.lit = light(picked, rowsOf(picked));
  seek();
}

// Relations that are switched off are named, with a button each that switches them on.
function offerBack(off) {
  const had = switched.contains(document.activeElement);
  const offers = boxes.flatMap((box) => {
    const kind = box.dataset.edgeKind;
    const number = off.has(kind) && box.closest('.relations') ? data.edges.filter((edge) => edge.kind === kind).length : 0;
    if (!number) return [];
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = `${number.toLocaleString('en')} × ${data.edgeKinds[kind].label}`;
    button.setAttribute('aria-label', `Switch on: ${button.textContent}`);
    button.addEventListener('click', () => { box.checked = true; filter(); });
    return [button];
  });
  switched.replaceChildren(...(offers.length ? ['Not drawn, switch on:'] : []), ...offers);
  if (had) (switched.firstElementChild ?? boxes.find((box) => box.closest('.relations'))).focus();
}

boxes.forEach((box) => {
  box.checked = box.defaultChecked;  // browsers put back what was ticked before a reload
  box.addEventListener('change', filter);
});

// ---- search ----------------------------------------------------------------------------------------------------------

// Letters without their marks, so that Türk is found by turk and المرصد with or without vowel signs.
const plain = (text) => text.normalize('NFKD').replace(/[\p{M}\u0640]+/gu, '').toLowerCase();
const texts = data.nodes.map((node) => [node.label, node.note, ...node.aliases]);
data.rows.forEach((row) => {
  for (const i of row.nodes) if (data.nodes[i].tier === 'claim') texts[i].push(row.statement ?? '');
});
const haystack = texts.map((parts) => plain([...new Set(parts)].join('\n')));
const search = document.getElementById('search'), foundText = document.getElementById('found');
let nextHit = 0;

function seek() {
  const wanted = plain(search.value.trim());
  const hits = wanted ? haystack.flatMap((text, i) => (text.includes(wanted) ? [i] : [])) : [];
  state.found = new Set(hits.filter((i) => !state.hiddenNodes.has(i)));
  const away = hits.length - state.found.size;
  foundText.textContent = wanted ? `${state.found.size} found${away ? `, ${away} hidden` : ''}` : '';
  nextHit = 0;
  picture.show(state);
}

search.addEventListener('input', () => {
  seek();
  if (state.found.size) picture.reveal(Math.min(...state.found));
});
search.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !state.found.size) return;
  event.preventDefault();
  picture.focus([...state.found][nextHit % state.found.size]);
  nextHit += 1;
});

// ---- go --------------------------------------------------------------------------------------------------------------

if (matchMedia('(max-width: 760px)').matches) document.getElementById('legend').open = false;
picture.network.once('afterDrawing', () => { document.documentElement.dataset.ready = 'yes'; });
filter();
const first = choiceFrom(location.hash);
if (first) pick(first);
window.claimGraph = Object.freeze({ network: picture.network });
