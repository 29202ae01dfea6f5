// One selection for the whole page, kept in the address: what shares a report with it is lit, the rest is dimmed.

const data = JSON.parse(document.getElementById('data').textContent);
const reports = [...document.querySelectorAll('#claims .report')];
const standing = [...document.querySelectorAll('[data-reports]')].map((element) =>
  [element, element.dataset.reports.split(' ')]);
const marks = [...document.querySelectorAll('.mark')];
const byPick = new Map();
for (const report of reports) {
  for (const pick of report.dataset.picks.split(' ')) {
    if (!byPick.has(pick)) byPick.set(pick, new Set());
    byPick.get(pick).add(report.dataset.report);
  }
}
for (const mark of marks) {  // places and other picks that no report names itself
  const pick = mark.dataset.pick;
  if (byPick.has(pick) && !byPick.get(pick).ofMarks) continue;
  if (!byPick.has(pick)) byPick.set(pick, Object.assign(new Set(), { ofMarks: true }));
  mark.dataset.reports.split(' ').forEach((number) => byPick.get(pick).add(number));
}
const byNumber = new Map(reports.map((report) => [report.dataset.report, report]));
const drawer = makeDrawer(data.query, () => go(''));
let chosen = '';

function heading(pick) {
  const kind = pick.split('=')[0];
  const first = byNumber.get([...byPick.get(pick)][0]);
  if (kind === 'row') return `Row ${decodeURIComponent(pick.slice(4))}`;
  if (kind === 'claim') return first.closest('.claim').querySelector('.label').textContent;
  const named = document.querySelector(`#claims a[href="#${CSS.escape(pick)}"]`);
  return named ? named.textContent : marks.find((mark) => mark.dataset.pick === pick)?.getAttribute('aria-label') ?? pick;
}

function counts(pick) {
  if (!pick.startsWith('claim=')) return '';
  const own = byNumber.get([...byPick.get(pick)][0]).closest('.claim').querySelector('.counts').firstChild;
  return own?.nodeType === Node.TEXT_NODE ? own.textContent.trim() : '';
}

function choose(pick, focus) {
  chosen = pick;
  const wanted = byPick.get(pick);
  document.body.classList.toggle('choosing', Boolean(wanted));
  for (const [element, numbers] of standing) {
    element.classList.toggle('lit', Boolean(wanted) && numbers.some((number) => wanted.has(number)));
  }
  for (const mark of marks) {
    if (wanted && mark.dataset.pick === pick) mark.setAttribute('aria-current', 'true');
    else mark.removeAttribute('aria-current');
  }
  if (!wanted) drawer.close();
  else drawer.open(heading(pick), counts(pick), reports.filter((report) => wanted.has(report.dataset.report)), focus);
}

// Encoded as the page writes it, whoever made the link.
function pickFrom(hash) {
  const [, kind, code] = /^#([a-z]+)=(.+)$/.exec(hash) ?? [];
  if (!kind) return '';
  if (byPick.has(`${kind}=${code}`)) return `${kind}=${code}`;
  try {
    const plain = `${kind}=${decodeURIComponent(code)}`, coded = `${kind}=${encodeURIComponent(decodeURIComponent(code))}`;
    return byPick.has(plain) ? plain : byPick.has(coded) ? coded : '';
  } catch {
    return '';
  }
}

function go(pick) {
  if (pick === chosen) return;
  try {
    history.pushState(null, '', pick ? `#${pick}` : location.pathname + location.search);
  } catch {
    // in a notebook's frame there is no address to keep it in
  }
  choose(pick, true);
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link) {
    const pick = pickFrom(link.getAttribute('href'));
    if (!pick) return;
    event.preventDefault();
    go(pick);
    return;
  }
  const mark = event.target.closest('.mark');
  if (mark) go(mark.dataset.pick);
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && drawer.isOpen) go('');
  const mark = event.target.closest?.('.mark');
  if (!mark || (event.key !== 'Enter' && event.key !== ' ')) return;
  event.preventDefault();
  go(mark.dataset.pick);
});
function follow() {
  const pick = pickFrom(location.hash);
  if (pick !== chosen) choose(pick, false);
}
addEventListener('popstate', follow);
addEventListener('hashchange', follow);

// On paper all claims are open; afterwards they are as they were.
let opened = [];
addEventListener('beforeprint', () => {
  opened = [...document.querySelectorAll('.claim:not([open]), .rest:not([open]), .others:not([open])')];
  opened.forEach((box) => { box.open = true; });
});
addEventListener('afterprint', () => {
  opened.forEach((box) => { box.open = false; });
  opened = [];
});

makeSaver();
const first = pickFrom(location.hash);
if (first) choose(first, true);
document.documentElement.dataset.ready = 'yes';
