// Links that start walking directions in the map apps people have, each in the datum its app
// assumes. geo_service/domain/navigation.py makes the same and says why each is as it is.

const SOURCE = 'geo_service';
// Signs with which these apps part the fields of one value become the full-width ones.
const FIELD_SIGNS = { ',': '，', '|': '｜', ':': '：', ';': '；', '(': '（', ')': '）' };

/** Return one link for each app to a station of the pocket, which brings its datums along. */
export function linksTo({ name, lon, lat, gcj02, bd09 }, place) {
  const label = encoded(labelOf(name));
  const [x, y] = gcj02.map(degrees);
  const [baiduX, baiduY] = bd09.map(degrees);
  const here = `${degrees(lat)},${degrees(lon)}`;
  return {
    amap: `https://uri.amap.com/navigation?to=${x},${y},${label}`
      + `&mode=walk&coordinate=gaode&src=${SOURCE}&callnative=1`,
    baidu: `https://api.map.baidu.com/marker?location=${baiduY},${baiduX}`
      + `&title=${label}&content=${encoded(labelOf(place))}`
      + `&output=html&coord_type=bd09ll&src=webapp.${SOURCE}.${SOURCE}`,
    tencent: `https://apis.map.qq.com/uri/v1/routeplan?type=walk&to=${label}`
      + `&tocoord=${y},${x}&coord_type=2&referer=${SOURCE}`,
    apple: `https://maps.apple.com/?daddr=${y},${x}&dirflg=w`,
    geo: `geo:${here}?q=${here}(${label})`,
  };
}

/** Return a name as the map apps show it: one line, free of signs that part their fields. */
export function labelOf(name) {
  return name
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ')
    .replace(/[,|:;()]/g, (sign) => FIELD_SIGNS[sign])
    .split(/\s+/u)
    .filter(Boolean)
    .join(' ');
}

function degrees(number) {
  return number.toFixed(6);
}

function encoded(text) {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
