// Outlines of counties and townships, from GeoJSON to rings of degrees.

/** Return [{level, name, nameEn, rings}], counties first: townships are drawn upon them. */
export function readOutlines({ features }) {
  return features
    .map(({ properties, geometry }) => ({
      level: properties.level,
      name: properties.name,
      nameEn: properties.name_en,
      rings: ringsOf(geometry),
    }))
    .filter(({ rings }) => rings.length > 0)
    .sort((one, other) => ORDER.indexOf(one.level) - ORDER.indexOf(other.level));
}

const ORDER = ['county', 'township'];

function ringsOf(geometry) {
  if (geometry === null) return [];
  return geometry.type === 'MultiPolygon' ? geometry.coordinates.flat() : geometry.coordinates;
}
