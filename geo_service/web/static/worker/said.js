// Distances, walks and doors in the words of a person who stands in the street.
// The server's page says the same with geo_service/web/worker/said.py.

const HURRY_MS = 15 * 60000;
const EARLY_UNTIL = 10; // o'clock: "tomorrow early" reads wrong after it
const DAY_MS = 86400000;

/** Put values where a sentence names them in braces. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (braces, name) => (name in values ? values[name] : braces));
}

/** Return what says things in the words and the time zone of the page. */
export function speaker({ words, zone }) {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone, hourCycle: 'h23',
    year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: '2-digit',
  });

  function there(moment) {
    const parts = {};
    for (const { type, value } of clock.formatToParts(moment)) parts[type] = Number(value);
    const day = Date.UTC(parts.year, parts.month - 1, parts.day);
    return { ...parts, days: day / DAY_MS, weekday: (new Date(day).getUTCDay() + 6) % 7 };
  }

  function when(moment, now) {
    const then = there(moment);
    const time = `${then.hour}:${String(then.minute).padStart(2, '0')}`;
    const days = then.days - there(now).days;
    if (days === 0) return time;
    if (days === 1) {
      return fill(then.hour < EARLY_UNTIL ? words.tomorrow_early : words.tomorrow, { time });
    }
    if (days > 0 && days < 7) {
      return fill(words.weekday, { day: words.weekdays.split(' ')[then.weekday], time });
    }
    const month = words.months.split(' ')[then.month - 1];
    return fill(words.date, { month, day: then.day, time });
  }

  function openVerdict(leaving, arriving, { now, arrival }) {
    const closes = arriving.nextChange;
    if (closes === null) return { look: 'open', text: words.open_always };
    if (closes - arrival < HURRY_MS && arriving.nextState === 'closed') {
      return { look: 'hurry', text: fill(words.hurry, { when: when(closes, now) }) };
    }
    if (leaving.state === 'closed' && leaving.nextChange !== null) {
      const opens = when(leaving.nextChange, now);
      return { look: 'open', text: fill(words.opens_before_arrival, { when: opens }) };
    }
    return { look: 'open', text: fill(words.open_until, { when: when(closes, now) }) };
  }

  function closedVerdict(leaving, arriving, { now }) {
    const closed = (text) => ({ look: 'closed', text });
    if (leaving.state === 'open' && leaving.nextChange !== null) {
      return closed(fill(words.too_late, { when: when(leaving.nextChange, now) }));
    }
    if (arriving.nextChange === null) return closed(words.closed_for_long);
    if (arriving.nextState !== 'open') return closed(words.closed_now);
    return closed(fill(words.closed_until, { when: when(arriving.nextChange, now) }));
  }

  return {
    words,

    /** Say of one service whether its door is open when the worker gets there. */
    verdict(leaving, arriving, visit, canCall) {
      if (arriving.state === 'open') return openVerdict(leaving, arriving, visit);
      if (arriving.state === 'closed') return closedVerdict(leaving, arriving, visit);
      return { look: 'unknown', text: canCall ? words.unknown_call : words.unknown };
    },

    /** Say a distance no finer than it can be walked: 320 m, 1.2 km, 14 km. */
    distance(metres) {
      if (metres < 995) {
        return fill(words.metres, { number: Math.max(10, 10 * Math.floor(metres / 10 + 0.5)) });
      }
      const number = metres < 9950
        ? (Math.floor(metres / 100 + 0.5) / 10).toFixed(1)
        : Math.floor(metres / 1000 + 0.5);
      return fill(words.kilometres, { number });
    },

    /** Say how long a walk takes, as the estimate that it is. */
    walk(minutes) {
      const hours = Math.floor(minutes / 60);
      const number = minutes % 60;
      if (hours === 0) return fill(words.walk, { number });
      return fill(number === 0 ? words.walk_whole_hours : words.walk_hours, { hours, number });
    },

    /** Say for whom a service is; empty where it is for anyone. */
    audience(groups) {
      if (groups.includes('anyone')) return '';
      return words[groups.length > 1 ? 'only_both' : `only_${groups[0]}`];
    },

    /** Say how long ago something was. */
    age(seconds) {
      if (seconds < 90) return words.age_now;
      if (seconds < 5400) return fill(words.age_minutes, { number: Math.round(seconds / 60) });
      if (seconds < 129600) return fill(words.age_hours, { number: Math.round(seconds / 3600) });
      return fill(words.age_days, { number: Math.round(seconds / 86400) });
    },
  };
}
