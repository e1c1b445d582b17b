// "Which is nearest?", answered from the phone's own copy as the server answers it.

import { geodesicMetres } from './geodesic.js';
import { opennessOf } from './hours.js';
import { servicesThatMatch } from './stations.js';

const MOST = 50;
const OPEN = [null, 'now', 'arrival'];

/** The origin is so far from the place served that no answer would help. */
export class OutsideServedArea extends Error {
  constructor(awayM, swapped) {
    super(`the position lies ${Math.round(awayM / 1000)} km outside the area served`);
    this.name = 'OutsideServedArea';
    this.awayM = awayM;
    /** Whether longitude and latitude, exchanged, would lie inside. */
    this.swapped = swapped;
  }
}

/** Answer a question from a register: `stations` in the order of their identifiers. */
export function nearest(register, question) {
  const asked = read(question);
  checkServed(register.served, asked.lon, asked.lat);
  const leaving = Math.floor(asked.at.getTime() / 1000);
  const found = [];
  for (const seen of inOrder(register.stations, asked)) {
    const minutes = walkMinutes(seen.metres, register.walking);
    const moment = asked.open === 'arrival' ? leaving + 60 * minutes : leaving;
    if (asked.open !== null && !mayBeOpen(seen.services, moment, asked.certain)) continue;
    found.push(nearbyStation(seen, minutes, moment, asked));
    if (found.length === asked.limit) break;
  }
  return found;
}

function read({
  lon, lat, limit = 5, service = null, group = null, amenities = [], open = null,
  certain = false, at = new Date(),
}) {
  if (!(Math.abs(lon) <= 180 && Math.abs(lat) <= 90)) {
    throw new RangeError('lon and lat must be degrees on the earth');
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) {
    throw new RangeError(`limit must be a whole number from 1 to ${MOST}`);
  }
  if (!OPEN.includes(open || null)) throw new RangeError('open must be null, now or arrival');
  return {
    lon, lat, limit, amenities, certain, at,
    service: service || null, group: group || null, open: open || null,
  };
}

/** Rank all that match: the closest first, ties in the order of identifiers. */
function inOrder(stations, asked) {
  const seen = [];
  stations.forEach((station, number) => {
    const services = servicesThatMatch(station, asked);
    if (services.length === 0) return;
    const metres = geodesicMetres(asked.lon, asked.lat, station.lon, station.lat);
    seen.push({ station, number, services, metres });
  });
  return seen.sort((one, other) => one.metres - other.metres || one.number - other.number);
}

/** Estimate the minutes on foot, rounded up: better early than at a closed door. */
function walkMinutes(metres, { metresPerMinute, detourFactor }) {
  return Math.ceil((metres * detourFactor) / metresPerMinute);
}

function mayBeOpen(services, moment, certain) {
  return services.some(({ timeline }) => {
    const { state } = opennessOf(timeline, moment);
    return state === 'open' || (state === 'unknown' && !certain);
  });
}

function nearbyStation({ station, metres }, minutes, moment, asked) {
  const walk = asked.open === 'arrival' ? minutes * 60000 : 0;
  return {
    station,
    distanceM: Math.round(metres * 100) / 100,
    walkMinutes: minutes,
    at: new Date(asked.at.getTime() + walk),
    services: station.services.map(({ kind, groups, openingHours, timeline }) => ({
      kind, groups, openingHours, ...opennessOf(timeline, moment),
    })),
  };
}

function checkServed({ bounds, marginM }, lon, lat) {
  if (bounds === null || contains(bounds, lon, lat)) return;
  const [west, south, east, north] = bounds;
  const x = Math.min(Math.max(lon, west), east);
  const y = Math.min(Math.max(lat, south), north);
  const away = geodesicMetres(lon, lat, x, y);
  if (away > marginM) throw new OutsideServedArea(away, contains(bounds, lat, lon));
}

function contains([west, south, east, north], lon, lat) {
  if (!(lat >= south && lat <= north)) return false;
  return west <= east ? lon >= west && lon <= east : lon >= west || lon <= east;
}
