// The drawer: the words behind what is chosen. It copies what stands in the page, so that both always say the same.

function makeDrawer(query, onClose) {
  const drawer = document.getElementById('drawer'), details = document.getElementById('details');
  const status = document.getElementById('status');
  const AT_ONCE = 20;
  let opener = null;

  function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in element) element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  const count = (number, one, many) => `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

  async function copy(text, button, shown) {
    const before = button.dataset.says ?? button.textContent;
    button.dataset.says = before;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {  // not every place lets a page write to the clipboard; then the reader can, with one key
      for (let box = shown.closest('details'); box; box = box.parentElement.closest('details')) box.open = true;
      getSelection().selectAllChildren(shown);
      button.textContent = 'Selected: copy it with Ctrl+C';
    }
    status.textContent = button.textContent;
    setTimeout(() => { button.textContent = before; }, 4000);
  }

  // The query that gives the row again, and nothing else.
  function rowQuery(report) {
    const text = query.replace(/\{(document|row)\}/g, (_, name) => report.dataset[name]);
    const code = make('pre', { tabIndex: 0 }, text), button = make('button', { type: 'button', className: 'plain' }, 'Copy SPARQL');
    button.addEventListener('click', () => copy(text, button, code));
    return make('div', { className: 'query' }, button, make('details', {}, make('summary', {}, 'The query for this row'), code));
  }

  function card(report) {
    const own = report.cloneNode(true);
    own.classList.remove('lit');
    own.removeAttribute('data-reports');
    own.append(rowQuery(report));
    return own;
  }

  function open(heading, counts, reports, focus) {
    const title = make('h2', { tabIndex: -1, dir: 'auto' }, heading);
    const documents = new Set(reports.map((report) => report.dataset.document)).size;
    const own = reports.filter((report) => 'own' in report.dataset).length;
    const more = make('button', { type: 'button', className: 'plain' });
    let next = 0;
    const add = () => {
      more.before(...reports.slice(next, next + AT_ONCE).map(card));
      next = Math.min(reports.length, next + AT_ONCE);
      more.hidden = next === reports.length;
      more.textContent = `Show more (${next} of ${reports.length} shown)`;
    };
    more.addEventListener('click', add);
    if (drawer.hidden) opener = document.activeElement;
    details.replaceChildren(title, make('p', { className: 'counts', dir: 'auto' },
      `${count(reports.length, 'report', 'reports')} in ${count(documents, 'document', 'documents')}, ${own} in the outlet’s own voice.`,
      ...(counts ? [make('br'), counts] : [])), more);
    add();
    drawer.hidden = false;
    drawer.scrollTop = 0;
    if (focus) title.focus({ preventScroll: true });
    status.textContent = `${heading}: ${count(reports.length, 'report', 'reports')} chosen`;
  }

  function close() {
    if (drawer.hidden) return;
    drawer.hidden = true;
    details.replaceChildren();
    status.textContent = '';
    if (opener?.isConnected) opener.focus({ preventScroll: true });
    opener = null;
  }

  document.getElementById('close').addEventListener('click', onClose);
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-copy]');
    if (!button) return;
    const code = button.closest('.question').querySelector('pre');
    copy(code.textContent, button, code);
  });
  return { open, close, get isOpen() { return !drawer.hidden; } };
}
