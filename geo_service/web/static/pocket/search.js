// Names found by what people type, ranked as the server ranks them (GET /api/v1/search):
// by name or identifier, by pinyin or initials, by address; where nothing is like it, by
// resemblance. Pinyin comes with the register.

import { resemblance, RESEMBLES } from './resemblance.js';
import { readings } from './sounds.js';

const LIKENESSES = ['name', 'sound', 'address', 'resemblance'];
const FEWEST_LETTERS = 4;
const MOST_LETTERS = 40;
const LETTERS = /^[0-9a-z]+$/;
const WORDS = /[0-9a-z]+|[^\s0-9a-z]+/g;

/**
 * Return a function that finds stations and townships by a text: up to `limit` of either, the
 * best first, as [{station, by} or {township, by}].
 */
export function finder(stations, townships, homophones) {
  const sounds = new Map(townships.map(({ code, name, pinyin }) => [code, { name, pinyin }]));
  const kinds = [
    ['township', townships, townships.map(
      (each) => nameOf(each.code, each, each.county, each.countyPinyin))],
    ['station', stations, stations.map((station) => {
      const { name = '', pinyin = '' } = sounds.get(station.township) || {};
      const where = `${station.address || ''} ${name}`;
      return nameOf(station.id, station, where, `${station.addressPinyin || ''} ${pinyin}`);
    })],
  ];
  const soundOf = readings([
    ...townships.flatMap(({ name, pinyin, county, countyPinyin }) => [
      [name, pinyin], [county, countyPinyin]]),
    ...stations.flatMap(({ name, pinyin, address, addressPinyin }) => [
      [name, pinyin], [address, addressPinyin]]),
  ], homophones);
  return (text, limit) => {
    const asked = questionOf(folded(text), soundOf);
    if (asked.text === '') return [];
    const found = kinds.flatMap(([kind, things, names]) =>
      find(names, asked, limit).map(({ number, by }) => ({ [kind]: things[number], by })));
    const alike = found.filter(({ by }) => by !== 'resemblance');
    const kept = alike.length > 0 ? alike : found; // then nobody wants what only resembles it
    const rank = ({ by }) => LIKENESSES.indexOf(by);
    return kept.sort((one, other) => rank(one) - rank(other));
  };
}

function nameOf(identifier, { name, nameEn, pinyin }, address, addressPinyin) {
  return {
    spelled: [folded(name), folded(nameEn || '')],
    identifier: folded(identifier),
    sound: syllables(pinyin),
    address: folded(address || ''),
    addressSound: syllables(addressPinyin),
  };
}

/** Return a text as it is compared: without case, width, punctuation and doubled spaces. */
function folded(text) {
  const plain = text.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}\p{M}\s]/gu, '');
  return plain.split(/\s+/).filter(Boolean).join(' ');
}

/** Syllables one by one, and as a line. */
function syllables(pinyin) {
  const parts = (pinyin || '').split(' ').filter(Boolean);
  return { parts, line: parts.join(' ') };
}

/** A text that is asked for: as it is compared, how it sounds, and its words likewise. */
function questionOf(text, soundOf) {
  const joined = text.replace(/ /g, '');
  const words = (text.match(WORDS) || []).sort((one, other) => other.length - one.length);
  return {
    text,
    placeOfSound: soundPlacer(joined, soundOf),
    sound: soundOf(text).join('').slice(0, MOST_LETTERS),
    words: words.length > 1 ? words.map((word) => questionOf(word, soundOf)) : [],
  };
}

/**
 * Return a function that says where in a line of syllables a text's sound begins (-1: nowhere):
 * letters may be pinyin or initials, characters others of the same sound. Null for what is both.
 */
function soundPlacer(joined, soundOf) {
  if (LETTERS.test(joined)) {
    const letters = joined.slice(0, MOST_LETTERS);
    return ({ parts }) => placeOfLetters(parts, letters);
  }
  if (joined.length < 2 || /[0-9a-z]/.test(joined)) return null;
  const spoken = ` ${soundOf(joined).join(' ')}`;
  return ({ line }) => ` ${line}`.indexOf(spoken);
}

/** Find the best of names for a text: [{number, by}]. */
function find(names, asked, limit) {
  const found = new Map();
  take(found, ranked(names, asked), limit);
  if (asked.words.length > 0 && found.size < limit) take(found, likeAll(names, asked.words), limit);
  if (found.size === 0) return resembling(names, asked, limit);
  return Array.from(found, ([number, by]) => ({ number, by }));
}

function take(found, finds, limit) {
  for (const { number, by } of finds) {
    if (found.size >= limit) return;
    if (!found.has(number)) found.set(number, by);
  }
}

/** Go through all that is like a text, the best first. */
function* ranked(names, { text, placeOfSound }) {
  const spellings = names.flatMap(({ spelled, identifier }, number) =>
    [...spelled, identifier].map((line, which) => ({ number, line, isName: which < 2 })));
  yield* inOrder(spellings, ({ line }) => (line === text ? 0 : -1), 'name');
  yield* inOrder(spellings, ({ line }) => (line.startsWith(text) ? 0 : -1), 'name');
  // The middle of an identifier says nothing.
  yield* inOrder(spellings.filter(({ isName }) => isName), ({ line }) => line.indexOf(text), 'name');
  const spoken = (part) => names.map((name, number) => ({ number, ...name[part] }));
  if (placeOfSound !== null) yield* bySound(spoken('sound'), placeOfSound, 'sound');
  const addresses = names.map(({ address }, number) => ({ number, line: address }));
  yield* inOrder(addresses, ({ line }) => line.indexOf(text), 'address');
  if (placeOfSound !== null) yield* bySound(spoken('addressSound'), placeOfSound, 'address');
}

function* bySound(lines, placeOfSound, by) {
  yield* inOrder(lines, (line) => (placeOfSound(line) === 0 ? 0 : -1), by);
  yield* inOrder(lines, placeOfSound, by);
}

/** Those with a place, that nearest the beginning first, of short lines before long ones. */
function inOrder(lines, placeOf, by) {
  return lines
    .map((each, order) => ({ number: each.number, by, order, place: placeOf(each), size: each.line.length }))
    .filter(({ place }) => place >= 0)
    .sort((one, other) =>
      one.place - other.place || one.size - other.size || one.order - other.order);
}

/** Where in a line of syllables letters begin to sound like it; -1: nowhere. */
function placeOfLetters(parts, letters) {
  let place = 0;
  for (let from = 0; from < parts.length; from += 1) {
    if (soundsFrom(parts, from, letters)) return place;
    place += parts[from].length + 1;
  }
  return -1;
}

/**
 * Say whether letters are the sound of syllables from one on: of each the whole, or its first
 * letter, or its zh, ch, sh; of the last any beginning.
 */
function soundsFrom(parts, from, letters) {
  if (from >= parts.length) return false;
  const part = parts[from];
  if (part.startsWith(letters)) return true;
  const taken = [part, part[0]];
  if (/^[zcs]h/.test(part)) taken.push(part.slice(0, 2));
  return taken.some(
    (each) => letters.startsWith(each) && soundsFrom(parts, from + 1, letters.slice(each.length)),
  );
}

/** What is like each of several words, ranked by the worst likeness. */
function likeAll(names, words) {
  const [drawn, ...others] = words;
  const seen = new Set();
  const found = [];
  for (const { number, by } of ranked(names, drawn)) {
    if (seen.has(number)) continue;
    seen.add(number);
    const likenesses = others.map((word) => likeness(names[number], word));
    if (likenesses.includes(null)) continue;
    const ranks = [by, ...likenesses].map((each) => LIKENESSES.indexOf(each));
    found.push({ number, rank: Math.max(...ranks) });
  }
  found.sort((one, other) => one.rank - other.rank || one.number - other.number);
  return found.map(({ number, rank }) => ({ number, by: LIKENESSES[rank] }));
}

function likeness({ spelled, sound, address, addressSound }, { text, placeOfSound }) {
  const sounds = (spoken) => placeOfSound !== null && placeOfSound(spoken) >= 0;
  if (spelled.some((line) => line.includes(text))) return 'name';
  if (sounds(sound)) return 'sound';
  if (address.includes(text) || sounds(addressSound)) return 'address';
  return null;
}

function resembling(names, { text, sound }, limit) {
  if (sound.length < FEWEST_LETTERS) return [];
  return names
    .map(({ spelled: [, english], sound: { parts } }, number) => {
      const name = parts.join('');
      const score = Math.max(resemblance(sound, name), resemblance(text, english));
      return { number, by: 'resemblance', score, size: name.length };
    })
    .filter(({ score }) => score >= RESEMBLES)
    .sort((one, other) =>
      other.score - one.score || one.size - other.size || one.number - other.number)
    .slice(0, limit);
}
