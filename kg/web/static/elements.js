// Elements for every part of the page. What comes from data becomes text nodes and attributes, never markup.
'use strict';

const SVG = 'http://www.w3.org/2000/svg';

// An element with properties and children; a child that is a string becomes text, and null is left out.
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name in element && name !== 'list') element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function mark(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

// A picture with a title and a description for those who do not see it.
export function picture(width, height, title, description) {
  return mark('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `${title}. ${description}` },
    mark('title', {}, title));
}

export const count = (number, one, many = `${one}s`) => `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

// A text cut to a length, with an ellipsis where something is left out.
export const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
