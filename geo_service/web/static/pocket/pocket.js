// The register in the phone's pocket: opened once, asked without signal, kept up to date.
//
//   import { openPocket, keepOffline } from './pocket.js';
//   const pocket = await openPocket();
//   pocket.nearest({ lon, lat, open: 'arrival' });
//
// All text in it is data: put it into a page as text (textContent), never as markup.

import { opennessOf, readHours } from './hours.js';
import { nearest, OutsideServedArea } from './nearest.js';
import { finder } from './search.js';
import { readStations, readTownships } from './stations.js';

export { OutsideServedArea };

const FORMAT = 1;
const REGISTER = new URL('../../pocket/register.json', import.meta.url).href;
const WORKER = new URL('../../sw.js', import.meta.url).href;
const WORTH_ASKING_AGAIN_S = 60;

/**
 * Open the register: the phone's copy where it has one, else over the network.
 * Rejects where neither can be had. With `watch` (the default) a newer one is fetched in the
 * background, now and whenever there is signal again.
 */
export async function openPocket({ watch = true } = {}) {
  const response = await fetch(REGISTER);
  if (!response.ok) throw new Error(`the register did not come: ${response.status}`);
  const pocket = new Pocket();
  pocket.take(await response.json(), response.headers);
  if (watch) pocket.watch();
  return pocket;
}

/**
 * Let the service worker keep the page and the register. Returns whether the browser can.
 * Browsers allow it over HTTPS and on the machine itself only.
 */
export async function keepOffline() {
  if (!('serviceWorker' in navigator)) return false;
  try {
    await navigator.serviceWorker.register(WORKER);
    return true;
  } catch {
    return false;
  }
}

/** One register at a time; dispatches `pocket-updated` when a newer one takes its place. */
class Pocket extends EventTarget {
  take(register, headers) {
    if (register.format !== FORMAT) throw new Error('the register is of another format');
    const hours = readHours(register.hours);
    this.etag = headers.get('ETag');
    this.checkedAt = checkedAt(headers);
    this.revision = register.revision;
    this.committedAt = new Date(register.committed_at);
    this.madeFor = register.made_for;
    this.place = {
      name: register.place.name,
      nameEn: register.place.name_en,
      timeZone: register.place.time_zone,
    };
    this.dataStatus = register.data_status;
    this.demonstration = register.demonstration;
    this.walking = {
      metresPerMinute: register.walking.metres_per_minute,
      detourFactor: register.walking.detour_factor,
    };
    this.served = { bounds: register.served.bounds, marginM: register.served.margin_m };
    /** From when until when opening hours are known here; outside they are told as unknown. */
    this.hoursFrom = new Date(hours.from * 1000);
    this.hoursUntil = new Date(hours.until * 1000);
    this.townships = readTownships(register.townships);
    this.stations = readStations(register.stations, register, hours);
    this.find = finder(this.stations, this.townships, register.homophones);
  }

  /** Seconds since this copy was last known to be the present register. */
  get ageSeconds() {
    return Math.max(0, (Date.now() - this.checkedAt.getTime()) / 1000);
  }

  /** Answer as GET /api/v1/stations/nearest does; throws OutsideServedArea, RangeError. */
  nearest(question) {
    return nearest(this, question);
  }

  /** Say of one of a station's services whether it is open, in whole seconds since 1970 UTC. */
  openness({ timeline }, seconds = Math.floor(Date.now() / 1000)) {
    return opennessOf(timeline, seconds);
  }

  /** Return a station by its identifier, or undefined. */
  station(id) {
    return this.stations.find((each) => each.id === id);
  }

  /** Find stations and townships by name: Chinese, pinyin, initials; slips are forgiven. */
  search(text, limit = 8) {
    return this.find(text, limit);
  }

  /** Ask for a newer register; true where one came. Without signal, false. */
  async refresh() {
    try {
      const response = await fetch(REGISTER, { cache: 'no-cache' });
      if (!response.ok) return false;
      if (response.headers.get('ETag') === this.etag) {
        this.checkedAt = checkedAt(response.headers);
        return false;
      }
      this.take(await response.json(), response.headers);
    } catch {
      return false;
    }
    this.dispatchEvent(new CustomEvent('pocket-updated', { detail: { revision: this.revision } }));
    return true;
  }

  /** Ask whenever there may be signal again and the copy is not quite fresh. */
  watch() {
    const ask = () => {
      if (document.visibilityState === 'visible' && this.ageSeconds > WORTH_ASKING_AGAIN_S) {
        this.refresh();
      }
    };
    window.addEventListener('online', ask);
    document.addEventListener('visibilitychange', ask);
    ask();
  }
}

/** When the server last made sure that this is the present register. */
function checkedAt(headers) {
  const told = Date.parse(headers.get('Register-Checked') || headers.get('Date') || '');
  return Number.isNaN(told) ? new Date() : new Date(told);
}
