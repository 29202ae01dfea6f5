// Words for IRIs. They are fetched for what is on view only, and kept.
'use strict';

const AT_ONCE = 500;
const known = new Map();  // IRI → { label, path }; label is null for what has no words
let prefixes = [];

export function setPrefixes(map) {
  prefixes = Object.entries(map).sort(([, one], [, other]) => other.length - one.length);
}

// Fetches the words that are not known yet. Without them an IRI shows its short form, so that nothing depends on it.
export async function learn(iris) {
  const missing = [...new Set(iris)].filter((iri) => !known.has(iri));
  for (let start = 0; start < missing.length; start += AT_ONCE) {
    const part = missing.slice(start, start + AT_ONCE);
    try {
      const reply = await fetch('/query/labels', {
        method: 'POST', body: JSON.stringify(part), headers: { 'Content-Type': 'application/json' },
      });
      if (!reply.ok) return;
      const found = await reply.json();
      for (const iri of part) known.set(iri, Object.hasOwn(found, iri) ? found[iri] : { label: null, path: null });
    } catch {
      return;
    }
  }
}

export const irisOf = (terms) => terms.filter((term) => term?.type === 'uri').map((term) => term.value);

// prefix:name where a well-known prefix fits, else the IRI itself.
export function compact(iri) {
  const found = prefixes.find(([, namespace]) => iri.startsWith(namespace) && /^[\w.-]+$/.test(iri.slice(namespace.length)));
  return found ? `${found[0]}:${iri.slice(found[1].length)}` : iri;
}

// What a person reads for a term: the words for an IRI, a number with its thousands parted.
export function shown(term) {
  if (term === null) return '';
  if (term.type === 'uri') return known.get(term.value)?.label ?? compact(term.value);
  if (term.type === 'bnode') return `_:${term.value}`;
  return /^-?\d{4,15}$/.test(term.value) && /#(?:integer|int|long|nonNegativeInteger|positiveInteger)$/.test(term.datatype ?? '')
    ? Number(term.value).toLocaleString('en') : term.value;
}

// The address that a term links to: our page of the thing, or a document elsewhere; null for none.
export function address(term) {
  const path = term?.type === 'uri' ? known.get(term.value)?.path : null;
  if (path) return path;
  const web = term && (term.type === 'uri' || term.datatype?.endsWith('#anyURI')) && /^https?:\/\//i.test(term.value);
  return web ? term.value : null;
}
