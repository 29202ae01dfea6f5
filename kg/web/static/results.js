// The answer on the page: which views its columns allow, the chosen one, and the files to take away.
'use strict';

import { ROWS, TRIPLES, TRUTH, download } from './answers.js';
import * as chart from './chart.js';
import { count, make } from './elements.js';
import * as graph from './graph.js';
import * as map from './map.js';
import * as table from './table.js';

const VIEWS = { table, graph, chart, map };

// Shows an answer in the view of that name, or as a table where its columns do not allow it. Gives the view's name.
export function show(answer, wanted, { onView, onFault }) {
  const title = document.getElementById('answer-title'), shown = document.getElementById('shown');
  const views = document.getElementById('views'), files = document.getElementById('downloads');
  document.getElementById('answer').hidden = false;
  title.replaceChildren('Answer ', make('small', {}, told(answer)));
  const formats = answer.kind === 'truth' ? TRUTH : answer.kind === 'triples' ? TRIPLES : ROWS;
  files.replaceChildren('Download ', ...formats.map(([words, ending, mediaType]) => make('button', {
    type: 'button', className: 'link', onclick: () => download(answer.query, mediaType, `answer.${ending}`).catch(onFault),
  }, words)));
  shown.replaceChildren();
  if (answer.kind === 'truth') {
    views.replaceChildren();
    shown.append(make('p', { className: 'truth' }, answer.truth ? 'Yes' : 'No'));
    return 'table';
  }
  const names = Object.keys(VIEWS).filter((name) => VIEWS[name].offered(answer));
  const view = names.includes(wanted) ? wanted : 'table';
  views.replaceChildren(...(names.length < 2 ? [] : names.map((name) => make('button', {
    type: 'button', className: 'quiet', 'aria-pressed': String(name === view), onclick: () => onView(name),
  }, name[0].toUpperCase() + name.slice(1)))));
  if (!answer.rows.length) {
    shown.append(make('p', {}, 'Nothing in the store fits the query.'));
    return view;
  }
  const host = make('div', { className: `view ${view}` });
  shown.append(host);
  Promise.resolve(VIEWS[view].draw(host, answer)).catch(onFault);
  return view;
}

function told(answer) {
  const took = `${answer.seconds < 0.995 ? `${Math.max(1, Math.round(answer.seconds * 1000))} ms` : `${answer.seconds.toFixed(1)} s`}`;
  if (answer.kind === 'truth') return took;
  return `${count(answer.rows.length, answer.kind === 'triples' ? 'triple' : 'row')} in ${took}`;
}
