// The picture: vis-network draws marks and lines on a canvas, buttons over it carry the labels, and one scroll box moves
// both. Nothing here knows what is selected; `show` is told.

function makePicture(data, onPick) {
  const by = (id) => document.getElementById(id);
  const scroller = by('scroller'), spacer = by('spacer'), frame = by('frame'), labels = by('labels'), canvas = by('canvas'),
    tip = by('tip');
  const buttons = [...labels.children];
  const headings = [...document.querySelectorAll('.column')];
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const SMALLEST = 0.45, READABLE = 0.8, ROOMY = 1.06, LARGEST = 2;
  let zoom = 1, wanted = null, printing = false, last = null;

  data.nodes.forEach((node, i) => {
    const style = buttons[i].style;
    style.left = `${node.x - 11}px`;
    style.top = `${node.y - node.height / 2}px`;
    style.width = `${node.width + 24}px`;
    style.height = `${node.height}px`;
    buttons[i].title = node.note ? `${node.label}\n${node.note}` : node.label;
    buttons[i].addEventListener('click', () => onPick({ node: i }));
  });

  const marks = new vis.DataSet(data.vis.nodes);
  const lines = new vis.DataSet(data.vis.edges);
  const network = new vis.Network(canvas, { nodes: marks, edges: lines }, data.vis.options);
  canvas.querySelector('.vis-network').tabIndex = -1;  // it is hidden from readers; the buttons over it are reached

  // What a click means: the edge of the line, or for a shared line that to which all its edges lead.
  function meaning(id) {
    const owners = data.vis.owners[id];
    return owners.length === 1 ? { edge: owners[0] } : { node: data.edges[owners[0]].target };
  }

  network.on('click', (event) => {
    const id = network.getEdgeAt(event.pointer.DOM);
    onPick(id === undefined || lines.get(id).hidden ? null : meaning(id));
  });
  network.on('hoverEdge', (event) => {
    const hidden = lines.get(event.edge).hidden;
    frame.style.cursor = hidden ? '' : 'pointer';
    const edge = data.edges[data.vis.owners[event.edge][0]];
    if (!hidden && edge.names) explain(edge, event.pointer.DOM);
  });
  network.on('blurEdge', () => {
    frame.style.cursor = '';
    tip.hidden = true;
  });

  // Beside the pointer, why two claims relate so; the drawer says the same to those who have no pointer.
  function explain(edge, { x, y }) {
    const kind = document.createElement('b'), grade = document.createElement('span');
    kind.textContent = data.edgeKinds[edge.kind].label;
    grade.textContent = edge.grade;
    grade.className = 'muted';
    tip.replaceChildren(kind, ` ${edge.reason} `, grade);
    tip.hidden = false;
    tip.style.left = `${Math.max(4, Math.min(x - tip.offsetWidth - 12, frame.clientWidth - tip.offsetWidth - 4))}px`;
    tip.style.top = `${Math.max(4, Math.min(y + 10, frame.clientHeight - tip.offsetHeight - 4))}px`;
  }

  // ---- where to look -----------------------------------------------------------------------------------------------

  function place() {
    const width = frame.clientWidth, height = frame.clientHeight;
    const indent = Math.max(0, (width - data.width * zoom) / 2);
    const left = scroller.scrollLeft, top = scroller.scrollTop;
    labels.style.transform = `translate(${indent - left}px, ${-top}px) scale(${zoom})`;
    headings.forEach((heading) => {
      heading.style.transform = `translateX(${indent - left + (Number(heading.dataset.x) - 8) * zoom}px)`;
    });
    look(left - indent + width / 2, top + height / 2, zoom);
  }

  function look(x, y, scale) {
    network.moveTo({ position: { x: x / scale, y: y / scale }, scale, animation: false });
  }

  // How much of the scroll box lies under the drawer, where that is a sheet over the picture.
  function covered() {
    const drawer = by('drawer');
    if (drawer.hidden || getComputedStyle(drawer).position !== 'fixed') return 0;
    const box = scroller.getBoundingClientRect();
    return Math.min(box.height - 60, Math.max(0, box.bottom - drawer.getBoundingClientRect().top));
  }

  function resize() {
    if (printing || !scroller.clientWidth) return;
    const middle = scroller.scrollHeight ? (scroller.scrollTop + scroller.clientHeight / 2) / scroller.scrollHeight : 0;
    zoom = wanted ?? Math.min(ROOMY, Math.max(READABLE, scroller.clientWidth / data.width));
    spacer.style.width = `${Math.max(scroller.clientWidth, data.width * zoom)}px`;
    spacer.style.height = `${Math.max(scroller.clientHeight, data.height * zoom) + covered()}px`;
    if (scroller.scrollTop > 0) scroller.scrollTop = middle * scroller.scrollHeight - scroller.clientHeight / 2;
    frame.style.width = `${scroller.clientWidth}px`;
    frame.style.height = `${scroller.clientHeight}px`;
    network.setSize(`${scroller.clientWidth}px`, `${scroller.clientHeight}px`);
    network.redraw();
    place();
  }

  function zoomBy(factor) {
    wanted = Math.min(LARGEST, Math.max(SMALLEST, zoom * factor));
    resize();
  }

  // As many of the nodes as there is room for, the first of them in any case; for claims with the brackets beside them.
  function reveal(...all) {
    const edge = 40, height = scroller.clientHeight - covered();
    const nodes = all.map((i) => data.nodes[i]), first = nodes[0];
    const near = (low, high, start, length) => {
      if (low - edge < start) return Math.max(0, low - edge);
      return high + edge > start + length ? high + edge - length : start;
    };
    const top = Math.min(...nodes.map((node) => node.y - node.height / 2)) * zoom;
    const bottom = Math.max(...nodes.map((node) => node.y + node.height / 2)) * zoom;
    const fits = bottom - top + 2 * edge <= height, half = first.height / 2;
    scroller.scrollTop = near(fits ? top : (first.y - half) * zoom, fits ? bottom : (first.y + half) * zoom,
      scroller.scrollTop, height);
    const room = first.x - 11 + scroller.clientWidth / zoom - 2 * edge;  // the label's beginning stays in sight
    const right = Math.max(first.x + 13 + first.width, first.tier === 'claim' ? Math.min(data.beside, room) : 0);
    scroller.scrollLeft = near((first.x - 11) * zoom, right * zoom, scroller.scrollLeft, scroller.clientWidth);
    place();
  }

  // ---- how it looks ------------------------------------------------------------------------------------------------

  // Only what changed since the last time is handed to vis-network, which is slow to be told.
  const told = new Map();
  function tell(set, changes) {
    const fresh = changes.filter((change) => {
      const text = JSON.stringify(change);
      return told.get(change.id) !== text && told.set(change.id, text);
    });
    if (fresh.length) set.update(fresh);
  }

  // How many of the rows run along any of the edges: a lit line is as thick as what is selected, not as all it carries.
  function alongside(edges, rows) {
    return new Set(edges.flatMap((edge) => data.edges[edge].rows.filter((row) => rows.has(row)))).size;
  }

  // state: hiddenNodes, hiddenEdges, found: sets of numbers; lit: null or { nodes, edges, rows }; chosen, shown: the number
  // of a node or edge, or null. The edge that is shown is drawn even when its kind is switched off.
  function show(state) {
    last = state;
    const onDark = dark.matches && !printing;
    const css = getComputedStyle(document.documentElement);
    const tone = (name) => css.getPropertyValue(name).trim();
    const paper = printing ? '#ffffff' : tone('--paper'), faint = printing ? '#dfe2e4' : tone('--faint');
    const dimmed = tone('--dimmed');
    labels.classList.toggle('dimming', Boolean(state.lit));
    data.nodes.forEach((_, i) => {
      const button = buttons[i], chosen = state.chosen === i;
      button.hidden = state.hiddenNodes.has(i);
      button.classList.toggle('lit', Boolean(state.lit?.nodes.has(i)));
      button.classList.toggle('found', state.found.has(i));
      button.classList.toggle('chosen', chosen);
      if (chosen) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    });
    tell(marks, data.nodes.map((node, i) => {
      const kind = data.nodeKinds[node.kind];
      const colour = state.lit && !state.lit.nodes.has(i) ? dimmed : onDark ? kind.onDark : kind.colour;
      return {
        id: `n${i}`,
        hidden: state.hiddenNodes.has(i),
        color: { background: kind.hollow ? paper : colour, border: colour },
      };
    }));
    tell(lines, data.vis.edges.map((line) => {
      const owners = data.vis.owners[line.id], kind = data.edgeKinds[data.edges[owners[0]].kind];
      const lit = Boolean(state.lit && owners.some((edge) => state.lit.edges.has(edge)));
      const colour = state.lit && !lit ? faint : onDark ? kind.onDark : kind.colour;
      const related = data.edges[owners[0]].names;
      return {
        id: line.id,
        hidden: owners.every((edge) => state.hiddenEdges.has(edge) && edge !== state.shown),
        color: { color: colour, hover: colour, highlight: colour, inherit: false },
        width: related ? line.width * (lit ? 1.3 : state.lit ? 0.5 : 1)
          : lit ? 2 + 0.75 * Math.log2(Math.max(1, alongside(owners, state.lit.rows))) : line.width,
      };
    }));
    network.redraw();
  }

  // The whole picture as one canvas in the colours for paper, `scale` times its size; then all is as it was.
  function whole(scale) {
    const before = canvas.style.cssText;
    const width = Math.round(data.width * scale), height = Math.round(data.height * scale);
    const copy = document.createElement('canvas');
    printing = true;
    if (last) show(last);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    network.setSize(`${width}px`, `${height}px`);
    look(width / 2, height / 2, scale);
    network.redraw();
    copy.width = width;
    copy.height = height;
    copy.getContext('2d').drawImage(canvas.querySelector('canvas'), 0, 0, width, height);
    canvas.style.cssText = before;
    printing = false;
    if (last) show(last);
    resize();
    return copy;
  }

  scroller.addEventListener('scroll', place, { passive: true });
  labels.addEventListener('focusin', (event) => {
    const i = buttons.indexOf(event.target.closest('.node'));
    if (i >= 0 && event.target.matches(':focus-visible')) reveal(i);
  });
  new ResizeObserver(resize).observe(scroller);
  dark.addEventListener('change', () => { if (last) show(last); });
  by('smaller').addEventListener('click', () => zoomBy(1 / 1.2));
  by('larger').addEventListener('click', () => zoomBy(1.2));
  by('fit').addEventListener('click', () => { wanted = null; resize(); });
  resize();

  return { show, reveal, resize, whole, network, focus: (i) => { reveal(i); buttons[i].focus({ preventScroll: true }); } };
}
