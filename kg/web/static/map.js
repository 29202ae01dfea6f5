// Positions on a plain grid of degrees: no pictures of the ground, so that nothing is fetched from anywhere.
'use strict';

import { inRange, isNumber, point } from './answers.js';
import { ticks } from './chart.js';
import { count, make, mark, picture, short } from './elements.js';
import { irisOf, learn, shown } from './names.js';

const MOST = 500, NAMED = 40;
const LAT = /^(?:.*_)?lat(?:itude)?$/i, LONG = /^(?:.*_)?(?:long?|lng|longitude)$/i;

export const offered = (answer) => places(answer) !== null && answer.rows.some((row) => places(answer)(row) !== null);

export async function draw(host, answer) {
  const place = places(answer);
  const found = answer.rows.map((row) => [place(row), row]).filter(([at]) => at !== null);
  const spots = new Map();  // several rows of one spot are one mark
  for (const [at, row] of found) {
    const key = at.join(' ');
    if (!spots.has(key)) spots.set(key, { at, rows: [] });
    spots.get(key).rows.push(row);
  }
  const some = [...spots.values()].slice(0, MOST);
  await learn(irisOf(some.flatMap(({ rows }) => rows.slice(0, 5).flat())));
  const told = [spots.size > MOST ? `${MOST} of ${count(spots.size, 'position')}` : count(spots.size, 'position')];
  if (found.length < answer.rows.length) told.push(`${count(answer.rows.length - found.length, 'row')} without one that can be drawn`);
  host.append(make('p', { className: 'muted' }, `${told.join(', ')}. Lines are degrees; each dot is a position that was entered, not the extent of a place.`),
    make('div', { className: 'picture', tabIndex: 0, role: 'region', 'aria-label': 'Map' }, drawing(some, answer, host.clientWidth)));
}

// How a row tells a position as longitude and latitude; null where no columns do.
function places(answer) {
  const wkt = answer.types.indexOf('point');
  if (wkt >= 0) return (row) => point(row[wkt]);
  const column = (name) => answer.columns.findIndex((words, i) => name.test(words) && answer.types[i] === 'number');
  const [lat, long] = [column(LAT), column(LONG)];
  if (lat < 0 || long < 0) return null;
  return (row) => (isNumber(row[lat]) && isNumber(row[long]) ? inRange([Number(row[long].value), Number(row[lat].value)]) : null);
}

function drawing(spots, answer, room) {
  const width = Math.max(340, Math.min(1240, room || 1000));
  const box = (which) => {
    const all = spots.map(({ at }) => at[which]), [least, most] = [Math.min(...all), Math.max(...all)];
    const edge = Math.max((most - least) * 0.12, 0.05);
    return [least - edge, most + edge];
  };
  let [west, east] = box(0), [south, north] = box(1);
  const squeeze = Math.max(0.1, Math.cos(((south + north) / 2) * Math.PI / 180));  // a degree of longitude is shorter
  const height = Math.round(Math.max(280, Math.min(640, (width * (north - south)) / ((east - west) * squeeze))));
  const unit = Math.min(width / ((east - west) * squeeze), height / (north - south));
  const [midX, midY] = [(west + east) / 2, (south + north) / 2];
  [west, east] = [midX - width / 2 / unit / squeeze, midX + width / 2 / unit / squeeze];
  [south, north] = [midY - height / 2 / unit, midY + height / 2 / unit];
  const x = (long) => (long - west) * squeeze * unit, y = (lat) => (north - lat) * unit;
  const svg = picture(width, height, 'Map', `${count(spots.length, 'position')}; the table view has the same rows`);
  svg.style.width = `${width}px`;
  for (const long of ticks(west, east, 5)) {
    svg.append(mark('line', { class: 'tick', x1: x(long), x2: x(long), y1: 0, y2: height }),
      mark('text', { class: 'scale', x: x(long) + 3, y: height - 5 }, degrees(long, 'E', 'W')));
  }
  for (const lat of ticks(south, north, 4)) {
    svg.append(mark('line', { class: 'tick', x1: 0, x2: width, y1: y(lat), y2: y(lat) }),
      mark('text', { class: 'scale', x: 4, y: y(lat) - 4 }, degrees(lat, 'N', 'S')));
  }
  const named = answer.types.findIndex((type) => type === 'iri' || type === 'text');
  const written = [];  // where words stand already: the next ones give way
  for (const { at, rows } of spots) {
    const names = [...new Set(rows.map((row) => (named < 0 ? '' : shown(row[named]))).filter(Boolean))];
    const words = names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');
    const group = mark('g', { class: 'spot' }, mark('title', {}, `${words} (${at[1]}, ${at[0]})`),
      mark('circle', { class: 'dot', cx: x(at[0]), cy: y(at[1]), r: 5 }));
    const text = short(words, 28), left = x(at[0]) + 9 + text.length * 6.6 > width;
    const spot = [left ? x(at[0]) - 9 - text.length * 6.6 : x(at[0]) + 9, y(at[1]) - 8, text.length * 6.6];
    if (written.length < NAMED && !written.some((other) => Math.abs(other[1] - spot[1]) < 14
      && spot[0] < other[0] + other[2] && other[0] < spot[0] + spot[2])) {
      written.push(spot);
      group.append(mark('text', { x: x(at[0]) + (left ? -9 : 9), y: y(at[1]) + 4, 'text-anchor': left ? 'end' : 'start', class: 'figure' }, text));
    }
    svg.append(group);
  }
  return svg;
}

const degrees = (number, positive, negative) => `${Math.abs(number)}°${number > 0 ? positive : number < 0 ? negative : ''}`;
