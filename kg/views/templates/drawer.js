// The drawer: the words behind a mark or a line. Everything is made of elements and text nodes, never of markup.

function makeDrawer(data, onPick, onClose) {
  const drawer = document.getElementById('drawer'), details = document.getElementById('details');
  const AT_ONCE = 20;

  // An element with properties and children; a child that is a string becomes text.
  function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in element && name !== 'list') element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  const words = (tag, text, className = '') => make(tag, { className, dir: 'auto' }, text);
  const button = (text, pick, className = '') =>
    make('button', { type: 'button', className, dir: 'auto', onclick: () => onPick(pick) }, text);
  const count = (number, one, many) => `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

  function list(pairs) {
    const dl = make('dl');
    for (const [name, value] of pairs) {
      if (value !== null && value !== '') dl.append(make('dt', {}, name), make('dd', { dir: 'auto' }, value));
    }
    return dl;
  }

  function chain(row) {
    const ol = make('ol', { className: 'chain', 'aria-label': 'Chain' });
    row.nodes.forEach((node, i) => {
      const verb = i ? data.edgeKinds[data.edges[row.edges[i - 1]].kind].verb : '';
      ol.append(make('li', { 'data-verb': verb }, button(data.nodes[node].label, { node })));
    });
    return ol;
  }

  function source(row) {
    if (row.link && /^https?:\/\//i.test(row.link)) {
      return make('a', { href: row.link, target: '_blank', rel: 'noopener noreferrer', dir: 'auto' }, row.documentLabel);
    }
    return make('span', {}, words('span', row.documentLabel), row.url ? words('div', row.url, 'address') : null);
  }

  function query(row) {
    const text = data.query.replace(/\{(document|row)\}/g, (_, name) => row.terms[name]);
    const code = make('pre', { tabIndex: 0 }, text);
    const copy = make('button', { type: 'button', className: 'plain copy' }, 'Copy SPARQL');
    copy.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(text);
        copy.textContent = 'Copied';
      } catch {  // not every place lets a page write to the clipboard; then the reader can, with one key
        shown.open = true;
        getSelection().selectAllChildren(code);
        copy.textContent = 'Selected: copy it with Ctrl+C';
      }
    });
    const shown = make('details', {}, make('summary', {}, 'The query for this row'), code);
    return make('div', { className: 'query' }, copy, shown);
  }

  function card(number) {
    const row = data.rows[number];
    const statement = words('p', row.statement ?? 'No statement recorded.', 'statement');
    if (row.language) statement.lang = row.language;
    const manner = [row.cue && `“${row.cue}”`, row.directness, row.certainty].filter(Boolean).join(', ');
    return make('article', { className: 'row', 'data-row': row.row }, statement, chain(row), list([
      ['Stance', row.stance],
      ['Manner', manner],
      ['As of', row.asOf ?? 'unstated'],
      ['Document', source(row)],
      ['Published', row.date ?? 'undated'],
      ['Row', row.row],
      ['', button('All rows of this document', { document: row.document }, 'plain')],
      ['Digest', row.digest && words('span', row.digest, 'digest')],
    ]), query(row));
  }

  function cards(rows) {
    const section = make('section', {}, make('h3', {}, count(rows.length, 'row', 'rows')));
    let next = 0;
    const more = make('button', { type: 'button', className: 'plain' });
    const add = () => {
      more.before(...rows.slice(next, next + AT_ONCE).map(card));
      next = Math.min(rows.length, next + AT_ONCE);
      more.hidden = next === rows.length;
      more.textContent = `Show more (${next} of ${rows.length} shown)`;
    };
    section.append(more);
    more.addEventListener('click', add);
    add();
    return section;
  }

  // How a claim relates to others, as text: each relation with the sentence that explains it.
  function relations(node) {
    const all = [...data.edges.map((edge, i) => [edge, i]), ...data.undrawn.map((edge) => [edge, null])]
      .filter(([edge]) => edge.names);
    const groups = new Map();
    for (const [edge, i] of all) {
      const ends = [edge.source, ...edge.others, edge.target], at = ends.lastIndexOf(node);
      if (at < 0) continue;
      const kind = data.edgeKinds[edge.kind];
      const verb = at === ends.length - 1 ? kind.inverse : kind.verb;
      const head = i === null ? make('div') : button('', { edge: i });
      head.append(words('span', edge.names.filter((_, end) => end !== at).join(' + ')));
      if (!groups.has(verb)) groups.set(verb, { kind, items: [] });
      groups.get(verb).items.push(make('li', {}, head, words('p', edge.reason), make('p', { className: 'muted' },
        `${edge.grade}${i === null ? '; not drawn, since a claim is not shown' : ''}`)));
    }
    if (!groups.size) return null;
    const number = [...groups.values()].reduce((sum, { items }) => sum + items.length, 0);
    const sorted = [...groups].sort(([, a], [, b]) => a.kind.rank - b.kind.rank);
    return make('section', { className: 'related' }, make('h3', {}, count(number, 'relation', 'relations')),
      ...sorted.map(([verb, { kind, items }]) => make('details', { open: number <= 6 || (kind.open && items.length <= 6) },
        make('summary', {}, `${verb} `, make('b', {}, String(items.length))), make('ul', {}, ...items))));
  }

  function links(node) {
    const items = data.edges.flatMap((edge, i) => {
      if (edge.names) return [];  // relations have a list of their own
      const out = edge.source === node;
      if (!out && edge.target !== node) return [];
      const other = data.nodes[out ? edge.target : edge.source].label;
      const verb = data.edgeKinds[edge.kind].verb;
      const text = out ? `${verb} → ${other}` : `${other} → ${verb} this`;
      const item = button('', { edge: i });
      item.append(words('span', text), make('b', {}, edge.rows.length ? String(edge.rows.length) : ''));
      return [make('li', {}, item)];
    });
    return make('details', { open: items.length <= 6 }, make('summary', {}, count(items.length, 'link', 'links')),
      make('ul', { className: 'links' }, ...items));
  }

  function open(heading, sort, ...content) {
    const title = make('h2', { tabIndex: -1, dir: 'auto' }, heading);
    details.replaceChildren(title, make('p', { className: 'sort' }, sort), ...content);
    drawer.hidden = false;
    drawer.scrollTop = 0;
    title.focus({ preventScroll: true });
  }

  document.getElementById('close').addEventListener('click', onClose);

  return {
    node(i, rows) {
      const node = data.nodes[i];
      const documents = count(node.documents, 'document', 'documents');
      open(node.label, `${data.nodeKinds[node.kind].label}, in ${documents}`,
        list([...node.detail, ['Also known as', node.aliases.join(', ')], ['Note', node.note], ['Id', words('span', node.iri, 'digest')]]),
        ...[relations(i)].filter(Boolean), links(i), cards(rows));
    },
    edge(i, rows) {
      const edge = data.edges[i], kind = data.edgeKinds[edge.kind];
      if (edge.names) {
        const ends = [edge.source, ...edge.others, edge.target];
        open(kind.label, `Relation between ${ends.length} claims`, words('p', edge.reason || 'No reason recorded.', 'statement'),
          make('ol', { className: 'ends' }, ...ends.map((node, end) => make('li', {
            'data-verb': end === 0 ? '' : kind.symmetric ? '↔' : end === ends.length - 1 ? `${kind.verb} →` : '+',
          }, button(data.nodes[node].label, { node })))), list(edge.detail));
        return;
      }
      open(edge.label, `Link: ${kind.label}`,
        make('p', {}, button(data.nodes[edge.source].label, { node: edge.source }, 'plain'), ' → ',
          button(data.nodes[edge.target].label, { node: edge.target }, 'plain')),
        list(edge.detail), ...(edge.rows.length ? [cards(rows)] : []));
    },
    rows(heading, sort, rows) {
      open(heading, sort, cards(rows));
    },
    close() {
      drawer.hidden = true;
      details.replaceChildren();
    },
    get isOpen() { return !drawer.hidden; },
  };
}
