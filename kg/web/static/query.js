// The editor page: queries in tabs, saved questions to open in them, and one answer each. What is asked stands in the
// address behind the #, so that a link brings the same query and view back; no server gets to see that part.
'use strict';

import { Refusal, ask } from './answers.js';
import { count, make } from './elements.js';
import { setPrefixes } from './names.js';
import { show } from './results.js';

const at = (id) => document.getElementById(id);
const status = at('status'), error = at('error'), notes = at('notes'), field = at('text');
const FIRST = field.value;

const tabs = [];
let current = null, running = null, made = 0;

// ---- the text ----------------------------------------------------------------------------------------------------------

// What the full editor may write as markup: an icon of these elements and attributes, nothing that could act or ask.
const ICON = /^(?:\s|<(?:svg|g|path)(?: (?:xmlns="http:\/\/www\.w3\.org\/2000\/svg"|(?:viewBox|d)="[\w\s.,-]*"))*\/?>|<\/(?:svg|g|path)>)+$/;
const EMPHASIS = /<strong style='text-decoration:underline'>|<\/strong>/g;

// All else becomes text: no tag is left. What stands as &lt; already stays so, and is read as a sign.
const asMarkup = (text) => (ICON.test(text) ? text : text.replace(EMPHASIS, '').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));

const editor = fullEditor() ?? plainEditor();

function plainEditor() {
  field.addEventListener('keydown', keys);
  return { text: () => field.value, write: (text) => { field.value = text; }, focus: () => field.focus(), point: () => {} };
}

// The editor of @zazuko/yasgui, where it is installed. All that it would ask of other hosts, keep in the browser or write
// into the address is off: its queries, its suggestions and its links; ours stand below.
function fullEditor() {
  if (typeof window.Yasqe !== 'function') return null;
  // It writes its icons and the tip of a wrong line as markup.
  window.trustedTypes?.createPolicy('default', { createHTML: asMarkup });
  const host = make('div', { className: 'yasqe-host' });
  at('editor').append(host);
  const full = new window.Yasqe(host, {
    value: field.value, persistenceId: null, consumeShareLink: null, createShareableLink: null, createShortLink: undefined,
    showQueryButton: false, autocompleters: [], prefixCcApi: null, resizeable: false, editorHeight: '', viewportMargin: 40,
    requestConfig: { endpoint: '/sparql' },
    // Tab leaves the field, so that nobody is caught in it.
    extraKeys: { Tab: false, 'Shift-Tab': false, Esc: () => stop(), 'Ctrl-Enter': () => run(), 'Cmd-Enter': () => run(), 'Ctrl-S': false },
  });
  field.hidden = true;
  field.required = false;
  field.previousElementSibling.hidden = true;
  full.getInputField().setAttribute('aria-label', 'Query in SPARQL');
  let marked = null;
  full.on('change', () => { marked?.clear(); marked = null; });
  return {
    text: () => full.getValue(),
    write: (text) => { full.setValue(text); full.clearHistory(); },
    focus: () => full.focus(),
    point: (line, column) => {
      marked?.clear();
      const [from, to] = [{ line: line - 1, ch: column - 1 }, { line: line - 1, ch: column }];
      marked = full.getDoc().markText(from, { ...to, ch: Math.max(to.ch, full.findWordAt({ ...from, ch: column }).head.ch) }, { className: 'fault' });
      full.scrollIntoView(from, 60);
    },
  };
}

function keys(event) {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
}

// ---- asking ------------------------------------------------------------------------------------------------------------

at('ask').addEventListener('submit', (event) => { event.preventDefault(); run(); });
at('stop').addEventListener('click', stop);
document.addEventListener('keydown', (event) => { if (event.key === 'Escape' && running) stop(); });
at('formats').hidden = true;  // the answer is shown here; files are offered beside it
at('keys').hidden = false;

async function run() {
  stop();
  const tab = current, mine = running = new AbortController();
  keep(tab);
  remember(tab);
  clear();
  if (!tab.text.trim()) return fail(tab, new Refusal('There is no query to run.'), mine);
  busy(true);
  status.textContent = 'Running …';
  try {
    const answer = await ask(tab.text, mine.signal);
    await saved;  // its prefixes shorten what is shown
    if (running !== mine) return undefined;
    Object.assign(tab, { answer, fault: null });
    done(mine);
    if (tab === current) {
      draw(tab);
      status.textContent = answer.kind === 'truth' ? `Done: ${answer.truth ? 'yes' : 'no'}.`
        : `Done: ${count(answer.rows.length, answer.kind === 'triples' ? 'triple' : 'row')}.`;
    }
    return undefined;
  } catch (fault) {
    return fault.name === 'AbortError' ? undefined : fail(tab, fault, mine);
  }
}

function fail(tab, fault, mine) {
  if (running !== mine) return;
  done(mine);
  Object.assign(tab, { answer: null, fault: fault instanceof Refusal ? fault.message : `The answer could not be shown: ${fault.message}` });
  if (!(fault instanceof Refusal)) console.error(fault);
  status.textContent = '';
  if (tab === current) draw(tab);
}

function stop() {
  if (!running) return;
  running.abort();
  done(running);
  status.textContent = 'Stopped.';
}

function done(mine) {
  if (running === mine) running = null;
  busy(false);
}

function busy(is) {
  at('stop').hidden = !is;
  at('answer').setAttribute('aria-busy', String(is));
  document.documentElement.classList.toggle('busy', is);
}

function clear() {
  error.hidden = notes.hidden = at('answer').hidden = true;
  error.replaceChildren();
  at('shown').replaceChildren();
}

function draw(tab) {
  clear();
  if (tab.fault) {
    error.replaceChildren(make('pre', { tabIndex: 0 }, tab.fault));
    error.hidden = false;
    const place = /^line (\d+), column (\d+):/.exec(tab.fault);
    if (place) editor.point(Number(place[1]), Number(place[2]));
  }
  if (!tab.answer) return;
  const said = tab.answer.hints.map((hint) => make('li', { dir: 'auto' }, hint));
  if (tab.answer.prefixes.length) said.unshift(make('li', {}, `Added for you: PREFIX ${tab.answer.prefixes.map((name) => `${name}:`).join(', ')}`));
  notes.replaceChildren(...said);
  notes.hidden = !said.length;
  const onFault = (fault) => { tab.fault = fault.message; error.replaceChildren(make('pre', { tabIndex: 0 }, fault.message)); error.hidden = false; };
  tab.view = show(tab.answer, tab.view, { onView: (name) => { tab.view = name; draw(tab); remember(tab); focusView(); }, onFault });
}

const focusView = () => at('views').querySelector('[aria-pressed="true"]')?.focus();

// ---- the address -------------------------------------------------------------------------------------------------------

function remember(tab) {
  const parts = new URLSearchParams({ query: tab.text, view: tab.view });
  history.replaceState(null, '', `#${parts.toString().replace(/\+/g, '%20')}`);
}

function fromAddress() {
  const parts = new URLSearchParams(location.hash.slice(1).replace(/\+/g, '%2B'));
  if (parts.get('question')) {
    openNamed(parts);
  } else if (parts.get('query')) {
    open({ title: null, text: parts.get('query'), view: parts.get('view') ?? 'table' });
    run();
  } else if (!tabs.length) {
    open({ title: null, text: FIRST });
  }
}

async function openNamed(parts) {
  const { question: name, view, ...values } = Object.fromEntries(parts);
  const reply = await fetch(`/query/questions.json?${new URLSearchParams({ name, ...values })}`);
  if (!reply.ok) {
    open({ title: null, text: FIRST });
    Object.assign(current, { fault: (await reply.text()).trim() });
    draw(current);
    return;
  }
  openQuestion((await reply.json()).questions[0], view ?? 'table');
}

window.addEventListener('hashchange', fromAddress);

// ---- tabs --------------------------------------------------------------------------------------------------------------

function open({ title, text, about = null, view = 'table' }) {
  keep(current);
  const tab = { id: ++made, title: title ?? `Query ${made}`, text, about, view, answer: null, fault: null };
  tabs.push(tab);
  turnTo(tab);
}

function keep(tab) {
  if (tab) tab.text = editor.text();
}

function turnTo(tab) {
  if (running) stop();
  keep(current === tab ? null : current);
  current = tab;
  editor.write(tab.text);
  status.textContent = '';
  at('about').replaceChildren(...(tab.about ?? []));
  at('about').hidden = !tab.about;
  drawTabs();
  draw(tab);
}

function close(tab) {
  const place = tabs.indexOf(tab);
  tabs.splice(place, 1);
  if (tab !== current) return drawTabs();
  current = null;
  if (tabs.length) turnTo(tabs[Math.min(place, tabs.length - 1)]);
  else open({ title: null, text: '' });
  return at('tabs').querySelector('[aria-selected="true"]').focus();
}

function drawTabs() {
  const list = at('tabs');
  list.hidden = false;
  list.replaceChildren(...tabs.map((tab) => make('button', {
    type: 'button', role: 'tab', id: `tab${tab.id}`, 'aria-selected': String(tab === current), 'aria-controls': 'ask', tabIndex: tab === current ? 0 : -1,
    dir: 'auto', title: 'Delete closes this tab', onclick: () => { if (tab !== current) { turnTo(tab); remember(tab); } focusTab(); },
  }, tab.title)));
  at('tab-tools')?.remove();
  list.after(make('span', { id: 'tab-tools', className: 'tab-tools' },
    make('button', { type: 'button', className: 'quiet', onclick: () => { open({ title: null, text: '' }); editor.focus(); } }, 'New'),
    make('button', { type: 'button', className: 'quiet', onclick: () => close(current) }, 'Close')));
}

const focusTab = () => at('tabs').querySelector('[aria-selected="true"]')?.focus();

at('tabs').addEventListener('keydown', (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (event.key === 'Delete') close(current);
  else if (step) {
    turnTo(tabs[(tabs.indexOf(current) + step + tabs.length) % tabs.length]);
    remember(current);
    focusTab();
  } else return;
  event.preventDefault();
});

// ---- saved questions ---------------------------------------------------------------------------------------------------

async function readSaved() {
  const read = await fetch('/query/questions.json').then((reply) => (reply.ok ? reply.json() : null)).catch(() => null);
  if (!read) return;
  setPrefixes(read.prefixes);
  at('questions').replaceChildren(...read.questions.map((one) => make('li', {}, make('button', {
    type: 'button', onclick: () => openQuestion(one, 'table'), 'data-name': one.name, title: one.question }, make('b', {}, one.title), make('span', {}, one.question)))));
}

at('narrow').addEventListener('input', () => {
  const wanted = at('narrow').value.trim().toLowerCase();
  for (const item of at('questions').children) item.hidden = !item.textContent.toLowerCase().includes(wanted);
});

// A saved question in a tab of its own. It is asked at once, unless something must be written in first.
function openQuestion(one, view) {
  const form = make('a', { href: `/question/${one.name}?${new URLSearchParams(one.values)}` }, 'as a form');
  const values = Object.entries(one.values).map(([name, value]) => `${name} = ${value}`).join(', ');
  const about = [make('b', {}, one.question), values ? ` For ${values} ` : ' ', '(', form, ').'];
  if (one.unset.length) about.push(` Write what is meant for UNDEF first: ${one.unset.join(', ')}.`);
  open({ title: one.title, text: one.text, about, view });
  if (!wide.matches) at('saved').open = false;
  if (!one.unset.length) run();
  else editor.focus();
}

const wide = window.matchMedia('(min-width: 1000px)');
at('saved').open = wide.matches;
const saved = readSaved();
fromAddress();
document.documentElement.dataset.ready = 'yes';
