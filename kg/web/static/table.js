// The answer as a table: a page of rows at a time, sorted and narrowed here without asking again.
'use strict';

import { isNumber } from './answers.js';
import { count, make } from './elements.js';
import { address, irisOf, learn, shown } from './names.js';

const ON_A_PAGE = 200;
//: Words for more things than this are not fetched to sort or narrow by them; their addresses are taken.
const MOST_WORDS = 3000;

export const offered = () => true;

export function draw(host, answer) {
  let rows = answer.rows, page = 0, sorted = null, down = false, turn = 0;
  const field = make('input', { type: 'search', placeholder: 'Narrow the rows', autocomplete: 'off', 'aria-label': 'Narrow the rows' });
  const told = make('span', { role: 'status', className: 'muted' });
  const [before, after] = [['Previous', -1], ['Next', 1]].map(([words, step]) =>
    make('button', { type: 'button', className: 'quiet', onclick: () => turnTo(page + step) }, words));
  const at = make('input', { type: 'number', min: '1', 'aria-label': 'Page', onchange: () => turnTo(Number(at.value) - 1) });
  const of = make('span');
  const pages = make('span', { className: 'paging' }, before, at, of, after);
  const body = make('tbody');
  const heads = answer.columns.map((name, column) => make('th', {
    scope: 'col', className: answer.types[column] === 'number' ? 'number' : '' },
  make('button', { type: 'button', onclick: () => sortBy(column) }, name)));
  const table = make('table', {}, make('thead', {}, make('tr', {}, ...heads)), body);
  const wide = make('div', { className: 'wide', tabIndex: 0, role: 'region', 'aria-label': 'Rows of the answer' }, table);
  host.append(make('div', { className: 'tools' }, field, told, pages), wide);
  let waiting = 0;
  field.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(narrow, 150); });
  return show();

  async function show() {
    const mine = ++turn;
    const last = Math.max(0, Math.ceil(rows.length / ON_A_PAGE) - 1);
    page = Math.min(Math.max(0, page), last);
    const part = rows.slice(page * ON_A_PAGE, (page + 1) * ON_A_PAGE);
    pages.hidden = last === 0;
    before.disabled = page === 0;
    after.disabled = page === last;
    at.value = page + 1;
    at.max = last + 1;
    of.textContent = `of ${(last + 1).toLocaleString('en')}`;
    const whole = rows.length === answer.rows.length ? '' : ` (of ${answer.rows.length.toLocaleString('en')})`;
    told.textContent = !rows.length ? `no rows${whole}` : last === 0 ? count(rows.length, 'row') + whole
      : `rows ${(page * ON_A_PAGE + 1).toLocaleString('en')} to ${(page * ON_A_PAGE + part.length).toLocaleString('en')} of `
        + rows.length.toLocaleString('en') + whole;
    body.replaceChildren(...part.map(line));
    await learn(irisOf(part.flat()));
    if (mine === turn) body.replaceChildren(...part.map(line));
  }

  function line(row) {
    return make('tr', {}, ...row.map((term, column) => make('td', {
      className: isNumber(term) ? 'number' : '', 'data-column': answer.columns[column] }, cell(term))));
  }

  function turnTo(number) {
    page = Number.isFinite(number) ? Math.trunc(number) : page;
    show();
    wide.scrollTop = 0;
  }

  async function sortBy(column) {
    down = sorted === column && !down;
    sorted = column;
    heads.forEach((head, i) => (i === column ? head.setAttribute('aria-sort', down ? 'descending' : 'ascending') : head.removeAttribute('aria-sort')));
    await words([column]);
    order();
    page = 0;
    show();
  }

  async function narrow() {
    const wanted = field.value.trim().toLocaleLowerCase();
    if (wanted) await words(answer.columns.keys());
    rows = wanted ? answer.rows.filter((row) => row.some((term) => term
      && (shown(term).toLocaleLowerCase().includes(wanted) || term.value.toLocaleLowerCase().includes(wanted)))) : answer.rows;
    order();
    page = 0;
    show();
  }

  function order() {
    if (sorted === null) return;
    const keys = new Map(rows.map((row) => [row, key(row[sorted])]));
    rows = [...rows].sort((one, other) => compare(keys.get(one), keys.get(other), down));
  }

  async function words(columns) {
    const iris = new Set();
    for (const column of columns) {
      if (answer.types[column] === 'number' || answer.types[column] === 'date') continue;
      for (const row of answer.rows) if (row[column]?.type === 'uri') iris.add(row[column].value);
    }
    if (iris.size <= MOST_WORDS) await learn(iris);
    else told.textContent = `more than ${MOST_WORDS.toLocaleString('en')} things: compared by what is known of them`;
  }
}

// A term as a cell shows it.
export function cell(term) {
  if (term === null) return '';
  const words = shown(term), link = address(term);
  const title = term.type === 'uri' ? term.value : term.datatype ? `"${term.value}"^^<${term.datatype}>` : null;
  const attributes = { dir: 'auto', title, lang: term['xml:lang'] ?? null };
  if (!link) return make('span', attributes, words);
  const away = link.startsWith('/') ? {} : { target: '_blank', rel: 'noopener noreferrer' };
  return make('a', { ...attributes, ...away, href: link }, words);
}

const key = (term) => (term === null ? null : isNumber(term) ? Number(term.value) : shown(term).toLocaleLowerCase());
const collator = new Intl.Collator('en');

// Numbers before words; what is unbound comes last in either direction.
function compare(one, other, down) {
  if (one === null || other === null) return (one === null) - (other === null);
  const order = typeof one === 'number' && typeof other === 'number' ? one - other
    : typeof one !== typeof other ? (typeof one === 'number' ? -1 : 1) : collator.compare(one, other);
  return down ? -order : order;
}
