// Stations as cards: the same as templates/worker/card.html makes. Text goes in as text alone.

import { fill } from './said.js';

const SVG = 'http://www.w3.org/2000/svg';
const ICONS = 'worker/icons.svg';
const APPS = ['baidu', 'tencent', 'apple', 'geo'];

/** Make an element; what is null or false among its children is left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== false));
  return made;
}

/** Return what makes the cards of a page. */
export function cardMaker(known, speaker) {
  const { words } = known;

  function icon(name, colour = '') {
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('class', `icon ${colour}`.trim());
    svg.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS(SVG, 'use');
    use.setAttribute('href', `${known.static}${ICONS}#${name}`);
    svg.append(use);
    return svg;
  }

  function nameOf({ name, nameEn }) {
    return known.language === 'en' ? nameEn || name : name;
  }

  function door({ kind, groups, leaving, arriving }, visit, canCall) {
    const { look, text } = speaker.verdict(leaving, arriving, visit, canCall);
    const audience = speaker.audience(groups);
    return element('li', { class: `door ${look}` },
      element('span', { class: 'kind' }, icon(kind, kind), words[`service_${kind}`]),
      element('b', { class: 'verdict' }, icon(look), text),
      audience !== '' && element('span', { class: 'audience' }, audience));
  }

  function acts(station, links, name) {
    const go = { class: 'go', href: links.amap, rel: 'noreferrer' };
    go['aria-label'] = fill(words.go_to, { name });
    const { telephone } = station;
    const call = { class: 'call', href: `tel:${telephone}` };
    call['aria-label'] = fill(words.call_to, { name, telephone });
    return element('div', { class: 'acts' },
      element('a', go, icon('go'), words.go),
      Boolean(telephone) && element('a', call, icon('phone'), words.call));
  }

  function apps(links) {
    return element('details', { class: 'apps' },
      element('summary', {}, words.other_apps, icon('more')),
      element('div', { class: 'row' }, ...APPS.map(
        (app) => element('a', { href: links[app], rel: 'noreferrer' }, words[app]))));
  }

  /** Return the card of a station as it is seen from where the worker stands. */
  function card({ station, township, distanceM, walkMinutes, links, doors }, now) {
    const name = nameOf(station);
    const visit = { now, arrival: new Date(now.getTime() + (walkMinutes || 0) * 60000) };
    const url = `${known.root}/s/${encodeURIComponent(station.id)}?lang=${known.language}`;
    const warning = station.dataStatus === 'official' ? '' : words[station.dataStatus];
    const reported = station.reportedClosedOn
      ? fill(words.reported_closed, { day: station.reportedClosedOn }) : '';
    const address = station.address || (township ? nameOf(township) : '');
    return element('li', { class: 'card', id: `station-${station.id}` },
      distanceM !== null && element('p', { class: 'way' },
        element('b', {}, speaker.distance(distanceM)), ' ',
        element('span', {}, speaker.walk(walkMinutes))),
      element('h3', {}, element('a', { href: url }, name)),
      reported !== '' && element('p', { class: 'warning' }, icon('warning'), reported),
      element('ul', { class: 'doors' },
        ...doors.map((each) => door(each, visit, Boolean(station.telephone)))),
      station.amenities.length > 0
        && element('ul', { class: 'amenities', 'aria-label': words.amenities },
          ...station.amenities.map((each) => element('li', {}, icon(each), words[each]))),
      address !== '' && element('p', { class: 'address' }, address),
      warning !== '' && element('p', { class: 'warning' }, icon('warning'), warning),
      acts(station, links, name),
      apps(links));
  }

  return { card, icon, nameOf };
}
