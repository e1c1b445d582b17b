// Names found by what people type. (Placeholder order: name, pinyin, initials contain the text.)

/** Return a function that finds stations and townships by a text. */
export function finder(stations, townships) {
  const entries = [
    ...stations.map((station) => ({ kind: 'station', station, names: namesOf(station) })),
    ...townships.map((township) => ({ kind: 'township', township, names: namesOf(township) })),
  ];
  return (text, limit) => {
    const wanted = plain(text);
    if (wanted === '') return [];
    return entries
      .filter((entry) => entry.names.some((name) => name.includes(wanted)))
      .slice(0, limit);
  };
}

function namesOf({ id, code, name, nameEn, pinyin, initials }) {
  return [id || code, name, nameEn, pinyin, initials].filter(Boolean).map(plain);
}

function plain(text) {
  return text.normalize('NFKC').toLowerCase().replace(/[\s'’·-]/g, '');
}
