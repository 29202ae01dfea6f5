// Saving a figure: what is written is what stands in the page, and nothing is asked of any server.

function makeSaver() {
  const PAPER = '#ffffff', SHARPER = 2, NAMESPACE = 'http://www.w3.org/2000/svg';

  function hand(blob, name) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  // The wide drawing in its colours for light paper, with nothing lit or dimmed.
  function drawing(figure) {
    const own = figure.querySelector('.wide svg').cloneNode(true);
    const paper = document.createElementNS(NAMESPACE, 'rect');
    for (const [name, value] of [['width', '100%'], ['height', '100%'], ['fill', PAPER]]) paper.setAttribute(name, value);
    own.prepend(paper);
    own.querySelectorAll('.lit, [aria-current]').forEach((mark) => {
      mark.classList.remove('lit');
      mark.removeAttribute('aria-current');
    });
    return { text: new XMLSerializer().serializeToString(own), width: Number(own.getAttribute('width')), height: Number(own.getAttribute('height')) };
  }

  async function png(figure, name) {
    const { text, width, height } = drawing(figure);
    const address = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
    const image = new Image(), canvas = document.createElement('canvas');
    image.src = address;
    await image.decode();
    canvas.width = width * SHARPER;
    canvas.height = height * SHARPER;
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(address);
    canvas.toBlob((blob) => hand(blob, name), 'image/png');
  }

  // RFC 4180, with a byte order mark: spreadsheets need it to read other scripts. What a spreadsheet would take for a
  // formula is given as text.
  function csv(figure) {
    const rows = [...figure.querySelectorAll('.twin tr')].map((row) => [...row.cells].map((cell) => {
      const text = cell.textContent, safe = /^[=+@\t\r]|^-(?![\d.,]+%?$)/.test(text) ? `'${text}` : text;
      return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    }).join(','));
    return `\uFEFF${rows.join('\r\n')}\r\n`;
  }

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-take]');
    if (!button) return;
    const figure = button.closest('figure'), form = button.dataset.take, name = `${figure.dataset.kind}.${form}`;
    if (form === 'png') png(figure, name);
    else if (form === 'svg') hand(new Blob([drawing(figure).text], { type: 'image/svg+xml' }), name);
    else hand(new Blob([csv(figure)], { type: 'text/csv;charset=utf-8' }), name);
  });
}
