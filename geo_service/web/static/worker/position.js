// Where the phone is; or, in one word, why it does not say.

const EXACT = { enableHighAccuracy: true, timeout: 9000, maximumAge: 20000 };
// Without sky, what the masts and networks around tell is better than nothing.
const ROUGH = { enableHighAccuracy: false, timeout: 5000, maximumAge: 120000 };
const REASONS = { 1: 'denied', 2: 'unavailable', 3: 'timeout' };

/** Why there is no position: denied, unavailable, timeout, insecure. */
export class NoPosition extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** Return {lon, lat, accuracyM}; rejects with NoPosition. */
export async function locate() {
  if (!window.isSecureContext || !navigator.geolocation) throw new NoPosition('insecure');
  try {
    return await ask(EXACT);
  } catch (failure) {
    if (failure.reason === 'denied') throw failure;
    return ask(ROUGH);
  }
}

function ask(options) {
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({
        lon: coords.longitude, lat: coords.latitude, accuracyM: coords.accuracy,
      }),
      ({ code }) => reject(new NoPosition(REASONS[code] || 'unavailable')),
      options,
    );
  });
}
