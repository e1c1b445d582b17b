// The length of the geodesic between two positions on the WGS 84 spheroid.
//
// The inverse problem on the auxiliary sphere, after Bessel (1825), with the series of
// C. F. F. Karney, "Algorithms for geodesics", J. Geodesy 87 (2013), equations 15 to 18, 23 to 25,
// to the sixth order: nanometres, where Vincenty's stop at a tenth of a millimetre. The longitude
// on the sphere is found by repeated substitution, which contracts by the flattening each time and
// fails only near the antipode (beyond some 19,900 km), where no walker asks.

const EQUATORIAL = 6378137;
const FLATTENING = 1 / 298.257223563;
const POLAR = EQUATORIAL * (1 - FLATTENING);
const THIRD_FLATTENING = FLATTENING / (2 - FLATTENING);
const SECOND_ECCENTRICITY_SQUARED = (FLATTENING * (2 - FLATTENING)) / (1 - FLATTENING) ** 2;
const RADIANS = Math.PI / 180;
const ROUNDS = 60;
const SETTLED = 1e-15;

/** Measure between two positions in degrees, longitude first; in metres. */
export function geodesicMetres(fromLon, fromLat, toLon, toLat) {
  if (fromLon === toLon && fromLat === toLat) return 0;
  const [sin1, cos1] = reduced(fromLat);
  const [sin2, cos2] = reduced(toLat);
  const apart = (((toLon - fromLon + 540) % 360) - 180) * RADIANS;

  let onSphere = apart;
  let arc;
  for (let round = 0; round < ROUNDS; round += 1) {
    arc = arcBetween(sin1, cos1, sin2, cos2, onSphere);
    const next = apart + FLATTENING * arc.sinAzimuth0 * longitudeIntegral(arc);
    const moved = Math.abs(next - onSphere);
    onSphere = next;
    if (moved <= SETTLED * Math.max(1, Math.abs(onSphere))) break;
  }
  arc = arcBetween(sin1, cos1, sin2, cos2, onSphere);
  return POLAR * distanceIntegral(arc);
}

/** Sine and cosine of the reduced latitude. */
function reduced(latitude) {
  const phi = latitude * RADIANS;
  const sine = (1 - FLATTENING) * Math.sin(phi);
  const cosine = Math.abs(latitude) === 90 ? 0 : Math.cos(phi);
  const length = Math.hypot(sine, cosine);
  return [sine / length, cosine / length];
}

/** The great circle between two reduced latitudes some longitude apart on the sphere. */
function arcBetween(sin1, cos1, sin2, cos2, longitude) {
  const across = cos2 * Math.sin(longitude);
  const cosine = Math.cos(longitude);
  // 1 - cos by the half angle: for near places the difference of products would lose digits.
  const halved = Math.sin(longitude / 2);
  const along = (sin2 * cos1 - cos2 * sin1) + 2 * sin1 * cos2 * halved * halved;
  const sinArc = Math.hypot(across, along);
  const cosArc = sin1 * sin2 + cos1 * cos2 * cosine;
  const length = Math.atan2(sinArc, cosArc);
  const sinAzimuth1 = sinArc === 0 ? 0 : across / sinArc;
  const cosAzimuth1 = sinArc === 0 ? 1 : along / sinArc;
  const sinAzimuth0 = sinAzimuth1 * cos1;
  const from = Math.atan2(sin1, cosAzimuth1 * cos1);
  const cosSquared = cosAzimuth1 * cosAzimuth1 + (sinAzimuth1 * sin1) ** 2;
  const root = Math.sqrt(1 + SECOND_ECCENTRICITY_SQUARED * cosSquared);
  return { length, from, sinAzimuth0, expansion: (root - 1) / (root + 1) };
}

/** Karney's I1 between the ends of an arc. */
function distanceIntegral({ length, from, expansion: e }) {
  const e2 = e * e;
  const scale = (1 + e2 / 4 + (e2 * e2) / 64 + (e2 * e2 * e2) / 256) / (1 - e);
  const terms = [
    e * (-1 / 2 + e2 * (3 / 16 - e2 / 32)),
    e2 * (-1 / 16 + e2 * (1 / 32 - (e2 * 9) / 2048)),
    e * e2 * (-1 / 48 + (e2 * 3) / 256),
    e2 * e2 * (-5 / 512 + (e2 * 3) / 512),
    (e * e2 * e2 * -7) / 1280,
    (e2 * e2 * e2 * -7) / 2048,
  ];
  return scale * (length + waves(terms, from, length));
}

/** Karney's I3 between the ends of an arc. */
function longitudeIntegral({ length, from, expansion: e }) {
  const n = THIRD_FLATTENING;
  const n2 = n * n;
  const scale =
    1 -
    e * (1 / 2 - n / 2 +
      e * (1 / 4 + n / 8 - (3 * n2) / 8 +
        e * (1 / 16 + (3 * n) / 16 + n2 / 16 + e * (3 / 64 + n / 32 + (e * 3) / 128))));
  const terms = [
    e * (1 / 4 - n / 4 +
      e * (1 / 8 - n2 / 8 +
        e * (3 / 64 + (3 * n) / 64 - n2 / 64 + e * (5 / 128 + n / 64 + (e * 3) / 128)))),
    e * e * (1 / 16 - (3 * n) / 32 + n2 / 32 +
      e * (3 / 64 - n / 32 - (3 * n2) / 64 + e * (3 / 128 + n / 128 + (e * 5) / 256))),
    e ** 3 * (5 / 192 - (3 * n) / 64 + (5 * n2) / 192 +
      e * (3 / 128 - (5 * n) / 192 + (e * 7) / 512)),
    e ** 4 * (7 / 512 - (7 * n) / 256 + (e * 7) / 512),
    (e ** 5 * 21) / 2560,
  ];
  return scale * (length + waves(terms, from, length));
}

/** Sum a sine series over an arc, each difference of sines as a product. */
function waves(terms, from, length) {
  let sum = 0;
  terms.forEach((term, index) => {
    const order = index + 1;
    sum += term * 2 * Math.cos(order * (2 * from + length)) * Math.sin(order * length);
  });
  return sum;
}
