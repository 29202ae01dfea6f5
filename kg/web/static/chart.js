// Numbers as bars, and stated bounds as what they are: no mark stands where no number was given.
'use strict';

import { isNumber } from './answers.js';
import { count, make, mark, picture, short } from './elements.js';
import { irisOf, learn, shown } from './names.js';

const MOST = 100;
const [ROW, LEFT, RIGHT, TOP] = [24, 260, 120, 26];
const LOWER = /^(?:lower|min|minValue|.*_lower)$/i, UPPER = /^(?:upper|max|maxValue|.*_upper)$/i;

export function offered(answer) {
  return answer.rows.length > 0 && answer.types.includes('number');
}

export async function draw(host, answer) {
  const numbers = answer.columns.map((_, i) => i).filter((i) => answer.types[i] === 'number');
  const lower = numbers.find((i) => LOWER.test(answer.columns[i])), upper = numbers.find((i) => UPPER.test(answer.columns[i]));
  const bound = answer.columns.findIndex((name) => /^bound$/i.test(name));
  const choices = numbers.filter((i) => i !== lower && i !== upper).map((i) => [answer.columns[i], i]);
  const stated = lower !== undefined || upper !== undefined;
  if (stated) choices.unshift([[lower, upper].filter((i) => i !== undefined).map((i) => answer.columns[i]).join(' to '), 'interval']);
  const words = answer.columns.map((_, i) => i).filter((i) => ['iri', 'text', 'date'].includes(answer.types[i]) && i !== bound);
  words.sort((one, other) => (answer.types[one] === 'date') - (answer.types[other] === 'date'));
  const figure = chooser('Number', choices), label = chooser('Named by', words.map((i) => [answer.columns[i], i]));
  const at = make('div', { className: 'picture', tabIndex: 0, role: 'region', 'aria-label': 'Chart' });
  const told = make('p', { className: 'muted' });
  host.append(make('div', { className: 'tools' }, figure.choices, label.choices), told, at);
  const rows = answer.rows.slice(0, MOST);
  await learn(irisOf(rows.flat()));
  figure.choices.onchange = label.choices.onchange = paint;
  paint();

  function paint() {
    const chosen = figure.value(), named = label.value();
    const lines = rows.map((row, i) => ({
      name: named === undefined ? `row ${i + 1}` : shown(row[named]) || '(unnamed)',
      ...(chosen === 'interval' ? interval(row) : { value: value(row[chosen]) }),
    }));
    const cut = answer.rows.length > MOST ? `The first ${MOST} of ${count(answer.rows.length, 'row')}` : count(answer.rows.length, 'row');
    told.textContent = chosen === 'interval'
      ? `${cut}. A dot is one number, a bar lies between two stated bounds, an arrow leads to where no bound was stated.` : cut;
    at.replaceChildren(chart(lines, figure.name(), host.clientWidth));
  }

  // The bounds that were stated, with the word for them. A count cannot lie below zero, but nobody drew that line.
  function interval(row) {
    const [low, high] = [value(row[lower]), value(row[upper])];
    return { low, high, word: bound < 0 ? '' : shown(row[bound]) };
  }
}

const value = (term) => (isNumber(term ?? null) ? Number(term.value) : null);

function chooser(words, choices) {
  const select = make('select', {}, ...choices.map(([name, key]) => make('option', { value: String(key) }, name)));
  return {
    choices: make('label', { hidden: choices.length < 1 }, `${words} `, select),
    value: () => choices[select.selectedIndex]?.[1],
    name: () => choices[select.selectedIndex]?.[0] ?? '',
  };
}

function chart(lines, name, room) {
  const width = Math.max(340, Math.min(1000, room || 1000)), left = Math.min(LEFT, width * 0.4);
  const longest = Math.max(0, ...lines.map((line) => wordsOf(line).length));
  const right = Math.min(width * 0.38, 40 + longest * 6.8);  // the words behind the last mark, and an arrow before them
  const height = TOP + lines.length * ROW + 8;
  const all = lines.flatMap((line) => [line.value, line.low, line.high]).filter((number) => number !== null && number !== undefined);
  const least = Math.min(0, ...all), most = Math.max(0, ...all);
  const span = most - least || 1;
  const x = (number) => left + ((number - least) / span) * (width - left - right);
  const svg = picture(width, height, name, `${count(lines.length, 'row')}; the table view has the same numbers`);
  svg.style.width = `${width}px`;
  for (const tick of ticks(least, most, width < 500 ? 3 : 5)) {
    svg.append(mark('line', { class: 'tick', x1: x(tick), x2: x(tick), y1: TOP - 6, y2: height }),
      mark('text', { x: x(tick), y: TOP - 11, class: 'scale', 'text-anchor': 'middle' }, tick.toLocaleString('en')));
  }
  lines.forEach((line, i) => svg.append(drawn(line, x, TOP + i * ROW + ROW / 2, left, Math.floor(left / 7.2))));
  return svg;
}

// What stands behind the mark of a line: its number, with the word for its bound where that says more.
function wordsOf({ low, high, value: number, word }) {
  const plain = word && word !== 'bare' && word !== 'between' ? word : '';
  const ends = number !== undefined ? [number] : low === high ? [low] : [low, high];
  const figure = ends.filter((end) => end !== null).map((end) => end.toLocaleString('en')).join('–');
  return [plain, figure].filter(Boolean).join(' ') || 'no number';
}

function drawn(line, x, y, left, most) {
  const group = mark('g', { class: 'row' });
  const name = mark('text', { x: left - 10, y: y + 4, 'text-anchor': 'end', class: 'name' }, short(line.name, most));
  const { low, high, value: number } = line;
  let end = x(0);
  if (number !== undefined) {
    if (number !== null) {
      group.append(mark('rect', { class: 'bar', x: Math.min(x(0), x(number)), width: Math.max(1, Math.abs(x(number) - x(0))), y: y - 7, height: 14 }));
      end = Math.max(x(0), x(number));
    }
  } else if (low !== null && high !== null) {
    if (low === high) group.append(mark('circle', { class: 'dot', cx: x(low), cy: y, r: 5 }));
    else group.append(mark('rect', { class: 'between', x: x(low), width: Math.max(2, x(high) - x(low)), y: y - 4, height: 8 }));
    end = x(high) + 5;
  } else if (low !== null) {
    group.append(arrow(x(low), y, 1));
    end = x(low) + 28;
  } else if (high !== null) {
    group.append(arrow(x(high), y, -1));
    end = x(high);
  }
  const words = wordsOf(line);
  group.append(mark('title', {}, `${line.name}: ${words}`), name, mark('text', { x: end + 8, y: y + 4, class: 'figure' }, words));
  return group;
}

// A stop at the stated bound, and an arrow into the open side.
function arrow(x, y, way) {
  return mark('path', { class: 'open', d: `M${x} ${y - 6}V${y + 6}M${x} ${y}h${way * 24}m${-way * 7} -5l${way * 7} 5l${-way * 7} 5` });
}

export function ticks(least, most, wanted) {
  const rough = (most - least || 1) / wanted, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const found = [];
  for (let i = Math.ceil(least / step - 1e-9); i * step <= most + step * 1e-9; i++) found.push(Number((i * step).toPrecision(12)));
  return found;
}
