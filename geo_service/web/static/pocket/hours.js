// Opening hours as the server worked them out: a timeline of states, and no grammar on the phone.

const STATES = ['closed', 'open', 'unknown'];
const MINUTE_S = 60;
const DAY_S = 86400;

const NEVER_SAID = Object.freeze({
  state: 'unknown', nextChange: null, nextState: null, beyondHours: false,
});
const BEYOND = Object.freeze({ ...NEVER_SAID, beyondHours: true });

/**
 * Read the `hours` of the register: when they begin and end, and a timeline for each expression.
 * Times are whole seconds since 1970 UTC.
 */
export function readHours(hours) {
  const from = hours.from * MINUTE_S;
  const until = hours.until * MINUTE_S;
  const lookedAheadS = hours.looked_ahead_days * DAY_S;
  const timelines = hours.expressions.map(
    ([text, codes, gaps]) => new Timeline(text, codes, gaps, { from, until, lookedAheadS }),
  );
  return { from, until, timelines };
}

/** Say what holds of a service; a service without hours has no timeline. */
export function opennessOf(timeline, seconds) {
  return timeline === null ? NEVER_SAID : timeline.at(seconds);
}

class Timeline {
  constructor(text, codes, gaps, { from, until, lookedAheadS }) {
    this.text = text;
    this.from = from;
    this.until = until;
    this.lookedAheadS = lookedAheadS;
    this.states = Array.from(codes, (code) => STATES[code]);
    this.changes = [];
    let minutes = from / MINUTE_S;
    for (const gap of gaps) {
      minutes += gap;
      this.changes.push(minutes * MINUTE_S);
    }
  }

  /** Say the state at a moment, and when it is next another. Outside the timeline: unknown. */
  at(seconds) {
    if (seconds < this.from || seconds >= this.until) return BEYOND;
    const passed = this.changesUpTo(seconds);
    const change = this.changes[passed];
    const told = change !== undefined && change - seconds <= this.lookedAheadS;
    return {
      state: this.states[passed],
      nextChange: told ? new Date(change * 1000) : null,
      nextState: told ? this.states[passed + 1] : null,
      beyondHours: false,
    };
  }

  changesUpTo(seconds) {
    let low = 0;
    let high = this.changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.changes[middle] <= seconds) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
