// The picture on paper. A browser would cut a tall canvas anywhere, so it is laid out here in strips, one a page, with
// the labels and headings of each, and taken away again after printing.

function makeSheets(data, picture) {
  const strips = document.getElementById('sheets'), table = document.getElementById('table');
  const WIDE = 960, FIRST = 540, LATER = 640;  // pixels across and down a landscape page, below the page's head and alone
  const SHARPER = 2;  // lines are drawn finer than for the screen
  const zoom = WIDE / data.width;
  const buttons = [...document.getElementById('labels').children];
  let tableWasOpen = false;

  // Where to cut at or above `y`: as far down as possible among the places that go through the fewest labels.
  function cut(y) {
    let best = y, fewest = Infinity;
    for (let at = y; at > y - 120 && fewest; at -= 1) {
      const through = data.nodes.filter((node) => Math.abs(node.y - at) <= node.height / 2).length;
      if (through < fewest) [best, fewest] = [at, through];
    }
    return best;
  }

  function strip(drawing, top, bottom) {
    const sheet = document.createElement('div'), lines = document.createElement('canvas');
    const headings = document.querySelector('.columns').cloneNode(true), labels = document.createElement('div');
    const from = Math.round(top * zoom * SHARPER), height = Math.round((bottom - top) * zoom * SHARPER);
    lines.width = drawing.width;
    lines.height = height;
    lines.getContext('2d').drawImage(drawing, 0, -from);
    sheet.className = 'sheet';
    labels.className = 'labels';
    labels.style.zoom = zoom;  // a transform would leave the labels where they were when the page is cut
    data.nodes.forEach((node, i) => {
      if (node.y < top || node.y >= bottom || buttons[i].hidden) return;
      const label = buttons[i].cloneNode(true);
      label.style.top = `${node.y - node.height / 2 - top}px`;
      labels.append(label);
    });
    [...headings.children].forEach((heading) => {
      heading.style.transform = `translateX(${(Number(heading.dataset.x) - 8) * zoom}px)`;
    });
    const body = document.createElement('div');
    body.className = 'strip';
    body.style.height = `${height / SHARPER}px`;
    body.append(lines, labels);
    sheet.append(headings, body);
    return sheet;
  }

  addEventListener('beforeprint', () => {
    tableWasOpen = table.open;
    table.open = true;
    const drawing = picture.whole(zoom * SHARPER);
    strips.replaceChildren();
    for (let top = 0; top < data.height;) {
      const room = (top ? LATER : FIRST) / zoom;
      const bottom = top + room >= data.height ? data.height : cut(top + room);
      strips.append(strip(drawing, top, bottom));
      top = bottom;
    }
  });
  addEventListener('afterprint', () => {
    table.open = tableWasOpen;
    strips.replaceChildren();
  });
}
