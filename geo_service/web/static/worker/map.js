// A map of the same results without tiles: outlines, stations, the position and a ring around it.
// It is loaded when somebody asks for it, and works without signal.

import { element } from './cards.js';
import { readOutlines } from './outlines.js';
import { fill, speaker } from './said.js';
import { View, makeMovable } from './view.js';

const SVG = 'http://www.w3.org/2000/svg';
const OUTLINES = new URL('../../pocket/outlines.json', import.meta.url).href;
const RINGS_M = [250, 500, 1000, 2000, 5000, 10000, 20000];
const DOT_PX = 3.5;
const METRES_PER_DEGREE = 111320;
const LABELS_FROM = 45; // metres a pixel: names of townships are shown from here on in
const STEPS_M = [50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000];

/** Draw the map into its frame; return what the page does with it. */
export async function openMap(frame, { known, stations, icon, nameOf, onChoose, onPick }) {
  const { words } = known;
  const say = speaker(known);
  const outlines = await fetchOutlines();
  const plane = planeOf(stations, outlines);
  const view = new View({ least: 0.5, most: 400 });
  const sheet = draw('svg', {
    class: 'sheet', tabindex: '0', role: 'group', 'aria-label': words.map_label,
  });
  const ground = draw('g');
  const ring = draw('g', { visibility: 'hidden' });
  const circle = draw('circle', { class: 'ring' });
  const reach = draw('text', {});
  ring.append(circle, reach);
  const dots = draw('g');
  const labels = draw('g');
  const marks = draw('g');
  const cross = draw('path', { class: 'cross', visibility: 'hidden' });
  const scale = element('div', { class: 'scale', 'aria-hidden': 'true' });
  const hint = element('p', { class: 'hint' }, words.map_pick);
  hint.hidden = true;
  sheet.append(ground, ring, dots, labels, marks, cross);
  frame.replaceChildren(sheet, tools(), scale, hint);

  const pins = new Map();
  const named = [];
  let me = null;
  let picking = false;
  let shown = [];
  let metresPerPx = 0;

  drawGround();

  function tools() {
    const button = (name, label, act) => {
      const made = element('button', { type: 'button', 'aria-label': label, title: label },
        icon(name));
      made.addEventListener('click', () => { act(); render(); });
      return made;
    };
    return element('div', { class: 'tools' },
      button('plus', words.zoom_in, () => view.zoom(1.6)),
      button('minus', words.zoom_out, () => view.zoom(1 / 1.6)),
      button('fit', words.fit, () => fitShown()));
  }

  function drawGround() {
    for (const { level, rings, name, nameEn } of outlines) {
      const path = rings.map((points) => `M${points.map((point) => plane(point).map(Math.round)
        .join(' ')).join('L')}Z`).join('');
      ground.append(draw('path', { class: level, d: path, 'fill-rule': 'evenodd' }));
      if (level === 'township') named.push(labelFor(nameOf({ name, nameEn }), rings[0]));
    }
    for (const { lon, lat } of stations) {
      const [cx, cy] = plane([lon, lat]);
      dots.append(draw('circle', { class: 'dot', cx, cy }));
    }
  }

  function labelFor(name, points) {
    const box = boxOf(points.map(plane));
    const text = draw('text', {});
    text.textContent = name;
    labels.append(text);
    return { text, x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2, wide: name.length };
  }

  function render() {
    const { width, height } = sheet.getBoundingClientRect();
    if (width === 0) return;
    Object.assign(view, { width, height });
    sheet.setAttribute('viewBox', view.box.join(' '));
    const k = view.metresPerPx;
    cross.setAttribute('d', crossAt(view.x, view.y, k));
    cross.setAttribute('stroke-width', 2 * k);
    if (k === metresPerPx) return;
    metresPerPx = k;
    for (const dot of dots.children) dot.setAttribute('r', DOT_PX * k);
    for (const { mark, x, y, chosen } of pins.values()) place(mark, x, y, chosen ? 1.35 * k : k);
    if (me !== null) place(me.mark, me.x, me.y, k);
    circle.setAttribute('stroke-width', 1.5 * k);
    circle.setAttribute('stroke-dasharray', `${5 * k} ${4 * k}`);
    if (me !== null) place(reach, me.x, me.y - me.ring, k);
    placeLabels(k);
    drawScale(k);
  }

  /** Each name once, where it hides no other. */
  function placeLabels(k) {
    const taken = [];
    for (const { text, x, y, wide } of named) {
      const half = [wide * 7 * k, 9 * k];
      const box = [x - half[0], y - half[1], x + half[0], y + half[1]];
      const free = k < LABELS_FROM && taken.every((other) => apart(box, other));
      text.setAttribute('visibility', free ? 'visible' : 'hidden');
      if (free) {
        taken.push(box);
        place(text, x, y, k);
      }
    }
  }

  function lengthOf(metres) {
    return metres < 1000
      ? fill(words.metres, { number: metres })
      : fill(words.kilometres, { number: metres / 1000 });
  }

  function drawScale(k) {
    const metres = STEPS_M.find((step) => step / k >= 50) || STEPS_M[STEPS_M.length - 1];
    scale.style.setProperty('width', `${metres / k}px`);
    scale.textContent = lengthOf(metres);
  }

  function fitShown() {
    const points = [...pins.values()].map(({ x, y }) => [x, y]);
    if (me !== null) {
      points.push([me.x - me.ring, me.y - me.ring], [me.x + me.ring, me.y + me.ring]);
    }
    if (points.length === 0) stations.forEach(({ lon, lat }) => points.push(plane([lon, lat])));
    if (points.length > 0) view.fit(points);
  }

  function choose(id) {
    for (const [each, pin] of pins) {
      pin.chosen = each === id;
      pin.mark.classList.toggle('chosen', pin.chosen);
      if (pin.chosen) marks.append(pin.mark); // above the others
    }
    metresPerPx = 0;
    render();
  }

  function pin({ station, distanceM }, number) {
    const [x, y] = plane([station.lon, station.lat]);
    const label = `${number} ${nameOf(station)} ${say.distance(distanceM)}`;
    const mark = draw('g', { class: 'pin', role: 'button', tabindex: '0', 'aria-label': label });
    const digit = draw('text', { y: -17 });
    digit.textContent = number;
    mark.append(draw('path', { d: 'M0 0C-5-9-14-13-14-23A14 14 0 1 1 14-23C14-13 5-9 0 0Z' }), digit);
    const take = () => {
      choose(station.id);
      onChoose(station.id, { scroll: true });
      mark.focus({ preventScroll: true });
    };
    mark.addEventListener('click', take);
    mark.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      event.stopPropagation();
      take();
    });
    marks.append(mark);
    return { mark, x, y, chosen: false };
  }

  function show(start, found) {
    shown = found;
    pins.clear();
    marks.replaceChildren();
    me = null;
    ring.setAttribute('visibility', 'hidden');
    if (start && start.lon !== undefined) standAt(start);
    // The nearest last: it lies on top.
    shown.map((seen, index) => [seen, index + 1]).reverse().forEach(([seen, number]) => {
      if (seen.distanceM !== null) pins.set(seen.station.id, pin(seen, number));
    });
    metresPerPx = 0;
    measure();
    fitShown();
    render();
  }

  function standAt({ kind, lon, lat, name }) {
    const [x, y] = plane([lon, lat]);
    const mark = draw('g', { role: 'img' });
    mark.setAttribute('aria-label', kind === 'me' ? words.you : name || words.there);
    const text = draw('text', { y: 26 });
    text.textContent = kind === 'me' ? words.you : words.there;
    mark.append(draw('circle', { class: 'me', r: 9 }), text);
    marks.append(mark);
    me = { mark, x, y, ring: ringAround(shown) };
    ring.setAttribute('visibility', 'visible');
    for (const [key, value] of [['cx', x], ['cy', y], ['r', me.ring]]) {
      circle.setAttribute(key, value);
    }
    reach.textContent = lengthOf(me.ring);
  }

  function measure() {
    const { width, height } = sheet.getBoundingClientRect();
    if (width > 0) Object.assign(view, { width, height });
  }

  function takePoint(x, y) {
    if (picking) onPick(plane.back([x, y]));
  }

  makeMovable(sheet, view, {
    changed: render,
    tapped: (px, py) => takePoint(...view.at(px, py)),
    entered: () => takePoint(view.x, view.y),
  });
  new ResizeObserver(() => { metresPerPx = 0; render(); }).observe(sheet);
  show(null, []);

  return {
    show,
    choose,
    focus: () => sheet.focus({ preventScroll: true }),
    pick(on) {
      picking = on;
      hint.hidden = !on;
      cross.setAttribute('visibility', on ? 'visible' : 'hidden');
    },
  };
}

async function fetchOutlines() {
  try {
    const answer = await fetch(OUTLINES);
    return answer.ok ? readOutlines(await answer.json()) : [];
  } catch {
    return []; // Positions and distances are worth showing without them.
  }
}

/** Return a function from degrees to metres on a plane that is true around the stations. */
function planeOf(stations, outlines) {
  const points = stations.length > 0
    ? stations.map(({ lon, lat }) => [lon, lat])
    : outlines.flatMap(({ rings }) => rings.flat());
  const [west, south, east, north] = points.length > 0 ? boxOf(points) : [0, 0, 0, 0];
  const [lon0, lat0] = [(west + east) / 2, (south + north) / 2];
  const shrink = Math.cos((lat0 * Math.PI) / 180);
  const plane = ([lon, lat]) => [
    (lon - lon0) * shrink * METRES_PER_DEGREE, -(lat - lat0) * METRES_PER_DEGREE,
  ];
  plane.back = ([x, y]) => ({
    lon: lon0 + x / (shrink * METRES_PER_DEGREE), lat: lat0 - y / METRES_PER_DEGREE,
  });
  return plane;
}

/** The smallest round radius within which all that is shown lies. */
function ringAround(found) {
  const far = Math.max(0, ...found.map(({ distanceM }) => distanceM || 0));
  return RINGS_M.find((metres) => metres >= far) || RINGS_M[RINGS_M.length - 1];
}

function boxOf(points) {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function apart(one, other) {
  return one[2] < other[0] || other[2] < one[0] || one[3] < other[1] || other[3] < one[1];
}

function crossAt(x, y, k) {
  const [near, far] = [6 * k, 18 * k];
  return `M${x - far} ${y}H${x - near}M${x + near} ${y}H${x + far}`
    + `M${x} ${y - far}V${y - near}M${x} ${y + near}V${y + far}`;
}

function place(mark, x, y, size) {
  mark.setAttribute('transform', `translate(${x} ${y}) scale(${size})`);
}

function draw(name, attributes = {}) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
