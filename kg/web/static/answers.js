// Asks the endpoint and reads its answer into columns and rows of terms. A term is an object as in SPARQL's JSON format:
// type (uri, literal, bnode), value, and for literals datatype and xml:lang; null is unbound.
'use strict';

const XSD = 'http://www.w3.org/2001/XMLSchema#';
const RDF_STRING = `${XSD}string`;
const NUMBERS = new Set(('integer decimal double float int long short byte nonNegativeInteger positiveInteger negativeInteger '
  + 'nonPositiveInteger unsignedInt unsignedLong unsignedShort unsignedByte').split(' ').map((name) => XSD + name));
const DATES = new Set(['date', 'dateTime', 'gYear', 'gYearMonth'].map((name) => XSD + name));
const WKT = 'http://www.opengis.net/ont/geosparql#wktLiteral';
const POINT = /^\s*(?:<([^>]*)>\s*)?POINT\s*\(\s*(-?[\d.]+(?:e[+-]?\d+)?)\s+(-?[\d.]+(?:e[+-]?\d+)?)\s*\)\s*$/i;

export const ROWS = [['CSV', 'csv', 'text/csv'], ['JSON', 'json', 'application/sparql-results+json'],
  ['TSV', 'tsv', 'text/tab-separated-values'], ['XML', 'xml', 'application/sparql-results+xml']];
export const TRUTH = [ROWS[1], ROWS[3]];
export const TRIPLES = [['Turtle', 'ttl', 'text/turtle'], ['N-Triples', 'nt', 'application/n-triples'],
  ['JSON-LD', 'jsonld', 'application/ld+json'], ['RDF/XML', 'rdf', 'application/rdf+xml']];

// What the endpoint said instead of an answer, in its own words.
export class Refusal extends Error {}

export async function ask(query, signal) {
  const began = performance.now();
  const reply = await post(query, 'application/sparql-results+json, application/n-triples;q=0.9', signal);
  const answer = { query, prefixes: list(reply.headers.get('Kg-Prefixes-Added')), hints: hints(reply.headers.get('Kg-Hints')) };
  if ((reply.headers.get('Content-Type') ?? '').includes('json')) {
    const read = await reply.json();
    if (typeof read.boolean === 'boolean') {
      Object.assign(answer, { kind: 'truth', truth: read.boolean, columns: [], rows: [] });
    } else {
      const columns = read.head.vars;
      const rows = read.results.bindings.map((binding) => columns.map((name) => binding[name] ?? null));
      Object.assign(answer, { kind: 'rows', columns, rows });
    }
  } else {
    const rows = triples(await reply.text());
    Object.assign(answer, { kind: 'triples', columns: ['subject', 'predicate', 'object'], rows });
  }
  answer.seconds = (performance.now() - began) / 1000;
  answer.types = answer.columns.map((_, column) => typeOf(answer.rows, column));
  return answer;
}

// The answer once more, as a file in the format asked for.
export async function download(query, mediaType, name) {
  const reply = await post(query, mediaType);
  const address = URL.createObjectURL(await reply.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

async function post(query, accept, signal) {
  let reply;
  try {
    reply = await fetch('/sparql', {
      method: 'POST', body: query, signal, headers: { 'Content-Type': 'application/sparql-query', Accept: accept },
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Refusal('The server does not answer. Is kg serve still running?');
  }
  if (!reply.ok) throw new Refusal((await reply.text()).trimEnd() || `The server answered ${reply.status} without a word.`);
  return reply;
}

export const isNumber = (term) => term?.type === 'literal' && NUMBERS.has(term.datatype) && Number.isFinite(Number(term.value));
export const isDate = (term) => term?.type === 'literal' && DATES.has(term.datatype);

// Longitude and latitude of a point in well-known text, null for another geometry or system of coordinates.
export function point(term) {
  const found = term?.type === 'literal' && term.datatype === WKT ? POINT.exec(term.value) : null;
  if (!found) return null;
  const swapped = /EPSG\/0\/4326$/.test(found[1] ?? '');  // that system puts latitude first
  if (found[1] && !swapped && !/CRS84$/.test(found[1])) return null;
  const [first, second] = [Number(found[2]), Number(found[3])];
  return inRange(swapped ? [second, first] : [first, second]);
}

export const inRange = ([long, lat]) => (Math.abs(long) <= 180 && Math.abs(lat) <= 90 ? [long, lat] : null);

// What all bound values of a column are: iri, number, date, point or text; null where none is bound.
function typeOf(rows, column) {
  let found = null;
  for (const row of rows) {
    const term = row[column];
    if (term === null) continue;
    const type = term.type === 'uri' ? 'iri' : isNumber(term) ? 'number' : isDate(term) ? 'date'
      : term.datatype === WKT ? 'point' : 'text';
    if (found !== null && found !== type) return 'text';
    found = type;
  }
  return found;
}

const list = (header) => (header ? header.split(',').map((word) => word.trim()).filter(Boolean) : []);

// Characters that a header cannot have are written as in addresses; the last may have been cut.
function hints(header) {
  if (!header) return [];
  const whole = header.replace(/(?:%[0-9A-F]?|(?:%[89A-F][0-9A-F])+)$/i, (end) => {
    try { return encodeURIComponent(decodeURIComponent(end)); } catch { return '…'; }
  });
  try { return decodeURIComponent(whole.replace('…', encodeURIComponent('…'))).split('; ').reduce(joined, []); } catch { return [header]; }
}

// "nothing here is called kg:sorce; did you mean kg:source?" is one hint.
function joined(found, part) {
  if (found.length && part.startsWith('did you mean')) found[found.length - 1] += `; ${part}`;
  else found.push(part);
  return found;
}

// ---- N-Triples -------------------------------------------------------------------------------------------------------

const NODE = /\s*(?:<([^>]*)>|_:(\S+)|"((?:[^"\\]|\\.)*)"(?:@([A-Za-z][A-Za-z0-9-]*)|\^\^<([^>]*)>)?)/y;
const ESCAPES = { t: '\t', b: '\b', n: '\n', r: '\r', f: '\f', '"': '"', "'": "'", '\\': '\\' };

function triples(text) {
  const rows = [];
  for (const line of text.split('\n')) {
    if (!line.trim() || line.startsWith('#')) continue;
    NODE.lastIndex = 0;
    const row = [node(line), node(line), node(line)];
    if (row.includes(null)) throw new Refusal(`This line of the answer cannot be read:\n\n  ${line}`);
    rows.push(row);
  }
  return rows;
}

function node(line) {
  const found = NODE.exec(line);
  if (!found) return null;
  const [, iri, blank, literal, language, datatype] = found;
  if (iri !== undefined) return { type: 'uri', value: plain(iri) };
  if (blank !== undefined) return { type: 'bnode', value: blank };
  const term = { type: 'literal', value: plain(literal) };
  if (language) term['xml:lang'] = language;
  else if (datatype && datatype !== RDF_STRING) term.datatype = plain(datatype);
  return term;
}

const plain = (text) => text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g,
  (_, four, eight, one) => (four || eight ? String.fromCodePoint(parseInt(four || eight, 16)) : ESCAPES[one] ?? one));
