// The register's columns as things: stations, townships.

/** Make the objects of columns that stand beside each other by number. */
function rows(columns) {
  const names = Object.keys(columns);
  const count = names.length === 0 ? 0 : columns[names[0]].length;
  return Array.from({ length: count }, (_, number) => {
    const row = {};
    for (const name of names) row[name] = columns[name][number];
    return row;
  });
}

/** Read the townships. */
export function readTownships(columns) {
  return rows(columns).map((row) => ({
    code: row.code,
    name: row.name,
    nameEn: row.name_en,
    county: row.county,
    countyPinyin: row.county_pinyin,
    pinyin: row.pinyin,
    initials: initialsOf(row.pinyin),
    lon: row.lon,
    lat: row.lat,
  }));
}

/** Read the stations, which come in the order of their identifiers; `hours` as readHours has it. */
export function readStations(columns, { amenities, services }, hours) {
  const offers = services.map((offer) => offer.map(([kind, index, groups]) => {
    const timeline = index === null ? null : hours.timelines[index];
    return { kind, groups, openingHours: timeline === null ? null : timeline.text, timeline };
  }));
  return rows(columns).map((row) => ({
    id: row.id,
    name: row.name,
    nameEn: row.name_en,
    lon: row.lon,
    lat: row.lat,
    gcj02: row.gcj02,
    bd09: row.bd09,
    services: offers[row.services],
    amenities: amenities.filter((_, bit) => row.amenities & (1 << bit)),
    address: row.address,
    township: row.township,
    telephone: row.telephone,
    capacity: row.capacity,
    accessibility: row.accessibility,
    dataStatus: row.data_status,
    verifiedOn: row.verified_on,
    reportedClosedOn: row.reported_closed_on,
    pinyin: row.pinyin,
    initials: initialsOf(row.pinyin),
    addressPinyin: row.address_pinyin,
  }));
}

/** The first letter of each syllable, and digits whole: luo he zhan 3 becomes lhz3. */
function initialsOf(pinyin) {
  return pinyin.split(' ').map((each) => (/^[0-9]/.test(each) ? each : each.slice(0, 1))).join('');
}

const ANYONE = 'anyone';

/** Return the services of a station that answer a question; none where it does not match. */
export function servicesThatMatch(station, { service, group, amenities }) {
  if (!amenities.every((each) => station.amenities.includes(each))) return [];
  return station.services.filter(
    (each) =>
      (service === null || each.kind === service) &&
      (group === null || each.groups.includes(ANYONE) || each.groups.includes(group)),
  );
}
