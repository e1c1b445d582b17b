// The worker's page: one tap, the nearest stations. Without this script its form works as well.

import { cardMaker } from './cards.js';
import { keep, kept, switches } from './display.js';
import { locate } from './position.js';
import { fill, speaker } from './said.js';
import { TooFar, openSource } from './source.js';

const LONG_WAIT_MS = 4000;
const ROUGH_M = 200;
const OLD_COPY_S = 3600;
const NAMED = 20;

const byId = (id) => document.getElementById(id);
const known = JSON.parse(byId('known').textContent);
const { words } = known;
const say = speaker(known);
const maker = cardMaker(known, say);
const form = byId('ask');
const inWeChat = /MicroMessenger/i.test(navigator.userAgent);
const source = openSource(known);

/** Where the present answer starts: {kind: me | township | point | named, lon, lat, name, …}. */
let start = known.start;
let map = null;

// -- asking ----------------------------------------------------------------------------------

function conditions() {
  const chosen = new FormData(form);
  return {
    service: chosen.get('service') || null,
    group: chosen.get('group') || null,
    open: chosen.get('open') || null,
    amenities: chosen.getAll('amenity'),
  };
}

/** Answer from `start`; `move` says whether the reader is taken to the answer. */
async function answer({ move }) {
  const now = new Date();
  const from = await source;
  try {
    const question = { ...conditions(), limit: known.cards, most: known.most, at: now };
    const found = start.kind === 'named'
      ? start.found(now)
      : await from.nearest({ ...question, lon: start.lon, lat: start.lat });
    show(found, now, from);
  } catch (failure) {
    help(failure instanceof TooFar ? 'outside' : 'failed');
    return;
  }
  byId('help').hidden = true;
  if (move) goTo(byId('results-heading'), byId('results'));
  else byId('said').textContent = byId('results-heading').textContent;
}

function show(found, now, from) {
  document.querySelector('.unscripted')?.remove();
  byId('results').hidden = false;
  byId('results-heading').textContent = heading(found.length);
  note(found.length === 0 ? words.none_text : remark(from));
  byId('cards').replaceChildren(...found.map((seen) => maker.card(seen, now)));
  byId('widen').hidden = found.length > 0 || start.kind === 'named';
  byId('wechat').hidden = !inWeChat || found.length === 0;
  byId('map-switch').hidden = start.kind === 'named' || found.length === 0;
  if (map !== null) map.show(start, found);
}

function heading(count) {
  if (count === 0) return words.none;
  const sentence = {
    me: words.results_near_you,
    township: words.results_near,
    point: words.results_near_point,
    named: words.results_named,
  }[start.kind];
  return fill(sentence, { count, name: start.name });
}

function remark(from) {
  const said = [];
  if (start.kind === 'township') said.push(fill(words.centre_note, { name: start.name }));
  if (start.accuracyM > ROUGH_M) {
    said.push(fill(words.rough, { number: Math.round(start.accuracyM / 100) * 100 }));
  }
  if (from.ageSeconds > OLD_COPY_S) said.push(copyAge(from));
  return said.join(' ');
}

function note(text) {
  byId('results-note').textContent = text;
  byId('results-note').hidden = text === '';
}

function goTo(heading_, block) {
  heading_.focus({ preventScroll: true });
  block.scrollIntoView({ block: 'start' });
}

// -- from where ------------------------------------------------------------------------------

let attempt = 0;

async function nearMe() {
  const mine = ++attempt;
  byId('help').hidden = true;
  byId('waiting').hidden = false;
  byId('waiting-text').textContent = words.locating;
  const long = setTimeout(() => { byId('waiting-text').textContent = words.locating_long; },
    LONG_WAIT_MS);
  try {
    const position = await locate();
    if (mine !== attempt) return;
    start = { kind: 'me', ...position };
    await answer({ move: true });
  } catch (failure) {
    if (mine === attempt) help(failure.reason || 'failed');
  } finally {
    clearTimeout(long);
    if (mine === attempt) byId('waiting').hidden = true;
  }
}

function stopWaiting() {
  attempt += 1;
  byId('waiting').hidden = true;
  byId('near').focus();
}

/** Say why there is no answer, and what to do, in place. */
function help(reason) {
  const text = reason === 'denied' && inWeChat ? 'denied_wechat' : reason;
  byId('help-heading').textContent = words[`${reason}_heading`];
  byId('help-text').textContent = fill(words[`${text}_text`], { place: known.place });
  byId('retry').hidden = reason === 'insecure' || reason === 'outside';
  byId('help').hidden = false;
  goTo(byId('help'), byId('near'));
}

async function find() {
  const text = byId('q').value.trim();
  const code = byId('township').value;
  const from = await source;
  if (!from.search) {
    form.submit();
  } else if (text !== '') {
    await findNamed(from, text);
  } else if (code !== '') {
    fromTownship(from.township(code));
  } else {
    sayOnly(words.ask_somewhere, words.ask_somewhere_text);
    byId('township').focus();
  }
}

/** Say something where the answer would be. */
function sayOnly(title, text) {
  start = null;
  byId('results').hidden = false;
  byId('results-heading').textContent = title;
  note(text);
  byId('cards').replaceChildren();
  for (const id of ['widen', 'wechat', 'map-switch']) byId(id).hidden = true;
  closeMap();
  byId('said').textContent = `${title} ${text}`;
}

async function findNamed(from, text) {
  const { stations, townships, best } = await from.search(text, NAMED, new Date());
  if (best === 'township') {
    fromTownship(townships[0]);
    return;
  }
  const ids = stations.map(({ station }) => station);
  start = {
    kind: 'named', name: text, found: (now) => ids.map((each) => from.seen(each, now)),
  };
  closeMap();
  answer({ move: true });
}

function fromTownship({ lon, lat, ...named }) {
  if (lon === null) {
    sayOnly(words.none, fill(words.township_unplaced, { name: maker.nameOf(named) }));
    return;
  }
  start = { kind: 'township', name: maker.nameOf(named), lon, lat };
  answer({ move: true });
}

// -- the map, when asked for -------------------------------------------------------------------

async function openMap({ picking }) {
  byId('results').hidden = false;
  const sheet = byId('map');
  sheet.hidden = false;
  document.body.classList.add('mapped');
  const button = byId('map-switch');
  button.setAttribute('aria-expanded', 'true');
  button.lastElementChild.textContent = words.list;
  if (map === null) {
    const [{ openMap: open }, from] = await Promise.all([import('./map.js'), source]);
    map = await open(sheet, {
      known,
      stations: from.stations,
      icon: maker.icon,
      nameOf: maker.nameOf,
      onChoose: chooseCard,
      onPick: ({ lon, lat }) => {
        start = { kind: 'point', lon, lat };
        answer({ move: false });
      },
    });
    if (start && start.kind !== 'named') await answer({ move: false });
  }
  map.pick(picking);
}

function closeMap() {
  byId('map').hidden = true;
  document.body.classList.remove('mapped');
  const button = byId('map-switch');
  button.setAttribute('aria-expanded', 'false');
  button.lastElementChild.textContent = words.map;
}

async function pickPoint() {
  if (!byId('results-heading').textContent) byId('results-heading').textContent = words.point;
  byId('map-switch').hidden = false;
  await openMap({ picking: true });
  byId('results').scrollIntoView({ block: 'start' });
  map.focus();
}

function chooseCard(id, { scroll }) {
  for (const card of byId('cards').children) {
    const chosen = card.id === `station-${id}`;
    card.classList.toggle('chosen', chosen);
    if (chosen && scroll) card.scrollIntoView({ block: 'nearest' });
  }
}

// -- what is kept, how old it is ---------------------------------------------------------------

function copyAge(from) {
  return fill(words.copy_age, { age: say.age(from.ageSeconds) });
}

async function tellAge() {
  const from = await source;
  if (from.ageSeconds === null) return;
  byId('age').hidden = false;
  byId('age').textContent = copyAge(from);
}

async function keepUpToDate() {
  const from = await source;
  from.onUpdate(() => {
    byId('said').textContent = words.updated;
    if (start) answer({ move: false });
    tellAge();
  });
  tellAge();
  setInterval(tellAge, 60000);
}

async function keepThePage() {
  try {
    const { keepOffline } = await import('../pocket/pocket.js');
    await keepOffline();
  } catch {
    // Without it, the page needs signal.
  }
}

/** Browsers that can put the page on the home screen say so; then one tap does. */
function offerHomeScreen() {
  const button = byId('install');
  window.addEventListener('beforeinstallprompt', (offer) => {
    offer.preventDefault();
    button.hidden = false;
    button.onclick = () => { button.hidden = true; offer.prompt(); };
  });
}

// -- what the fingers do ------------------------------------------------------------------------

/** Who the worker is, is kept on this phone alone; a second tap takes it back. */
function rememberGroup() {
  const roles = Array.from(form.elements.group);
  let before = roles.find((role) => role.checked) || null;
  const last = roles.find((role) => role.value === kept('group'));
  if (before === null && last) {
    last.checked = true;
    before = last;
  }
  for (const role of roles) {
    role.addEventListener('click', () => {
      if (role === before) role.checked = false;
      before = role.checked ? role : null;
      keep('group', before && before.value);
      if (before === null) form.dispatchEvent(new Event('change'));
    });
  }
}

function startUp() {
  switches(byId('larger'), byId('dark'));
  rememberGroup();
  byId('locate').addEventListener('submit', (event) => {
    event.preventDefault();
    nearMe();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    find();
  });
  form.addEventListener('change', (event) => {
    const { name } = event.target;
    if (start && name !== 'township' && name !== 'q') answer({ move: false });
  });
  byId('stop').addEventListener('click', stopWaiting);
  byId('retry').addEventListener('click', nearMe);
  byId('choose-below').addEventListener('click', () => {
    goTo(byId('township'), byId('places'));
  });
  byId('point').addEventListener('click', pickPoint);
  byId('widen').addEventListener('click', () => {
    for (const box of form.querySelectorAll('[name=amenity], [name=open]')) box.checked = false;
    form.elements.service[0].checked = true;
    for (const role of form.elements.group) role.checked = false;
    keep('group', null);
    answer({ move: true });
  });
  byId('map-switch').addEventListener('click', () => {
    if (byId('map').hidden) openMap({ picking: false });
    else closeMap();
  });
  byId('cards').addEventListener('focusin', (event) => {
    const card = event.target.closest('.card');
    if (map !== null && card) map.choose(card.id.replace('station-', ''));
  });
  if (start) byId('map-switch').hidden = false;
  byId('wechat').hidden = !inWeChat || byId('cards').children.length === 0;
  offerHomeScreen();
  keepUpToDate();
  // After the page is there, so that it does not compete with it.
  if (document.readyState === 'complete') keepThePage();
  else window.addEventListener('load', keepThePage);
}

startUp();
