// The page that stands in for one that is not kept: for a station's, what the pocket knows of it.

import { openPocket } from './pocket.js';

const card = document.getElementById('station');

function line(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function clock(moment, { words, timeZone, language }) {
  const form = { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const text = new Intl.DateTimeFormat(language, { ...form, timeZone }).format(moment);
  return words.change.replace('{when}', text);
}

function serviceText({ kind, state, nextChange, nextState }, saying) {
  const { words } = saying;
  const change = nextChange === null ? '' : `${clock(nextChange, saying)} ${words[nextState]}`;
  return `${words[kind]}: ${words[state]}${change}`;
}

function show(pocket, station, saying) {
  const now = Math.floor(Date.now() / 1000);
  const english = saying.language === 'en';
  card.append(
    line('h2', (english && station.nameEn) || station.name),
    ...station.services.map((service) =>
      line('p', serviceText({ ...service, ...pocket.openness(service, now) }, saying))),
    ...[station.address, station.telephone].filter(Boolean).map((text) => line('p', text)),
  );
  const when = new Intl.DateTimeFormat(saying.language, {
    dateStyle: 'medium', timeStyle: 'short', timeZone: saying.timeZone,
  }).format(pocket.checkedAt);
  card.append(line('p', saying.words.copy.replace('{when}', when)));
  card.hidden = false;
}

async function showStation() {
  const found = /\/s\/([^/]+)\/?$/.exec(window.location.pathname);
  if (found === null) return;
  const pocket = await openPocket({ watch: false });
  const station = pocket.station(decodeURIComponent(found[1]));
  if (station === undefined) return;
  const language = document.documentElement.lang === 'en' ? 'en' : 'zh-CN';
  const saying = { words: JSON.parse(card.dataset.words), timeZone: pocket.place.timeZone, language };
  show(pocket, station, saying);
}

document.getElementById('again').addEventListener('click', () => window.location.reload());
showStation();
