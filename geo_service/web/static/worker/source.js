// Where answers come from: the register in the phone's pocket; for a register too large for one,
// the service. Both are asked and answer alike.

import { linksTo } from './navigation.js';

const ANYONE = 'anyone';

/** The position is so far from the place served that no answer would help. */
export class TooFar extends Error {}

/** Open the pocket if it can be had, else ask the service. */
export async function openSource(known) {
  try {
    const { openPocket } = await import('../pocket/pocket.js');
    return new PocketSource(await openPocket());
  } catch {
    return new ServiceSource(known);
  }
}

/** Drop what is reserved for groups the worker is not of. */
function usable(found, { group, service, limit }) {
  if (group !== 'other') return found.slice(0, limit);
  return found
    .filter(({ station }) => station.services.some(
      (each) => (!service || each.kind === service) && each.groups.includes(ANYONE),
    ))
    .slice(0, limit);
}

class PocketSource {
  constructor(pocket) {
    this.pocket = pocket;
  }

  get ageSeconds() { return this.pocket.ageSeconds; }

  get stations() { return this.pocket.stations; }

  onUpdate(tell) { this.pocket.addEventListener('pocket-updated', tell); }

  township(code) {
    return this.pocket.townships.find((each) => each.code === code);
  }

  async search(text, limit, at) {
    const found = this.pocket.search(text, limit);
    return {
      best: meansTownship(found) ? 'township' : 'station',
      stations: found.filter((each) => each.station).map(({ station }) => this.seen(station, at)),
      townships: found.filter((each) => each.township).map(({ township }) => township),
    };
  }

  async nearest(question) {
    const other = question.group === 'other';
    let found;
    try {
      found = this.pocket.nearest({
        ...question,
        group: other ? null : question.group,
        limit: other ? question.most : question.limit,
      });
    } catch (failure) {
      throw failure.name === 'OutsideServedArea' ? new TooFar() : failure;
    }
    return usable(found, question).map((each) => this.seen(each.station, question.at, each));
  }

  seen(station, at, way = null) {
    const leaving = Math.floor(at.getTime() / 1000);
    const arrival = leaving + (way === null ? 0 : 60 * way.walkMinutes);
    return {
      station,
      township: this.township(station.township),
      distanceM: way === null ? null : way.distanceM,
      walkMinutes: way === null ? null : way.walkMinutes,
      links: linksTo(station, this.pocket.place.name),
      doors: station.services.map(({ kind, groups, timeline }) => ({
        kind, groups,
        leaving: stateAt(timeline, leaving),
        arriving: stateAt(timeline, arrival),
      })),
    };
  }
}

/** Whether a township is more like what was written than any station. */
function meansTownship(found) {
  const rank = (kind) => {
    const first = found.find((each) => each[kind]);
    return first ? LIKENESSES.indexOf(first.by) : LIKENESSES.length;
  };
  return rank('township') < rank('station');
}

const LIKENESSES = ['name', 'sound', 'address', 'resemblance'];

function stateAt(timeline, seconds) {
  return timeline === null ? UNKNOWN : timeline.at(seconds);
}

const UNKNOWN = { state: 'unknown', nextChange: null, nextState: null };

class ServiceSource {
  constructor({ root }) {
    this.root = root;
    this.ageSeconds = null; // nothing is kept on this phone
    this.stations = [];
  }

  onUpdate() { /* The service answers from the present register. */ }

  async nearest(question) {
    const other = question.group === 'other';
    const asked = new URLSearchParams({
      lon: question.lon, lat: question.lat, limit: other ? question.most : question.limit,
    });
    if (question.service) asked.set('service', question.service);
    if (question.group && !other) asked.set('group', question.group);
    if (question.open) asked.set('open', question.open);
    for (const amenity of question.amenities) asked.append('amenity', amenity);
    const answer = await fetch(`${this.root}/api/v1/stations/nearest?${asked}`);
    if (answer.status === 422) throw new TooFar();
    if (!answer.ok) throw new Error(`the service answered ${answer.status}`);
    const { features } = await answer.json();
    return usable(features.map((feature) => seenByService(feature, question)), question);
  }
}

function seenByService({ id, geometry, properties }, { open }) {
  const [lon, lat] = geometry.coordinates;
  return {
    station: {
      id, lon, lat,
      name: properties.name,
      nameEn: properties.name_en,
      services: properties.services,
      amenities: properties.amenities,
      address: properties.address,
      telephone: properties.telephone,
      dataStatus: properties.data_status,
      reportedClosedOn: properties.reported_closed_on,
    },
    township: properties.township && {
      name: properties.township.name, nameEn: properties.township.name_en,
    },
    distanceM: properties.distance_m,
    walkMinutes: properties.walk_minutes,
    links: properties.navigation,
    doors: properties.services.map(({ kind, groups, openness }) => {
      const told = {
        state: openness.state,
        nextChange: openness.next_change && new Date(openness.next_change),
        nextState: openness.next_state,
      };
      const arriving = open ? told : afterWalk(told, properties.walk_minutes);
      return { kind, groups, leaving: open ? arriving : told, arriving };
    }),
  };
}

/** What holds after a walk, as far as what holds now tells: up to the change after the next. */
function afterWalk(told, minutes) {
  if (!told.nextChange || told.nextChange > Date.now() + minutes * 60000) return told;
  return { state: told.nextState, nextChange: null, nextState: null };
}
