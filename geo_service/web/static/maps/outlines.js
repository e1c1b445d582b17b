/* The ground of a map: outlines of counties and townships, and each name once. */
(function () {
  "use strict";

  const { element } = window.charts;

  function shapes(map, features, className, pane) {
    return L.geoJSON(features, {
      pane,
      interactive: false,
      style: (feature) => ({ className: `${className} worth-${feature.properties.worth}` }),
    }).addTo(map);
  }

  function label(feature, rank) {
    const name = feature.properties.name;
    const icon = L.divIcon({
      className: `place place-${rank}`,
      iconSize: [0, 0],
      html: element("span", {}, name),
    });
    const marker = L.marker(feature.properties.at, {
      icon,
      pane: "names",
      interactive: false,
      keyboard: false,
    });
    const size = rank === "county" ? 15 : 12.5;
    // A Chinese character is as wide as it is high, a Latin letter about half.
    const units = Array.from(name).reduce((sum, each) => sum + (each > "\u2e80" ? 1 : 0.55), 0);
    return { marker, rank, width: units * size + 8, height: size + 6, extent: extentOf(feature) };
  }

  function extentOf(feature) {
    return L.geoJSON(feature).getBounds();
  }

  /** Show the names that have room: counties first, none over another, none wider than its unit. */
  function place(map, labels, names) {
    const taken = [];
    for (const each of labels) {
      const at = map.latLngToLayerPoint(each.marker.getLatLng());
      const box = [at.x - each.width / 2, at.y - each.height / 2, at.x + each.width / 2, at.y + each.height / 2];
      const west = map.latLngToLayerPoint(each.extent.getSouthWest()).x;
      const east = map.latLngToLayerPoint(each.extent.getNorthEast()).x;
      const fits = each.rank === "county" || east - west > each.width * 0.8;
      const free = taken.every(
        (other) => box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3],
      );
      if (fits && free) {
        taken.push(box);
        names.addLayer(each.marker);
      } else {
        names.removeLayer(each.marker);
      }
    }
  }

  /** Draw the outlines; answers one layer that can be taken off the map and put back. */
  window.charts.outlines = function (map, outlines, options) {
    map.createPane("ground").style.zIndex = 300;
    map.createPane("borders").style.zIndex = 420;
    map.createPane("names").style.zIndex = 450;
    map.getPane("borders").style.pointerEvents = "none";
    map.getPane("names").style.pointerEvents = "none";
    const ground = outlines.counties.length ? outlines.counties : outlines.townships;
    shapes(map, ground, "ground", "ground");
    const borders = L.layerGroup().addTo(map);
    if (!options || options.townships !== false) {
      borders.addLayer(shapes(map, outlines.townships, "township", "borders"));
    }
    borders.addLayer(shapes(map, outlines.counties, "county", "borders"));
    const labels = [
      ...outlines.counties.map((each) => label(each, "county")),
      ...outlines.townships.map((each) => label(each, "township")),
    ];
    const names = L.layerGroup();
    borders.addLayer(names);
    const update = () => place(map, labels, names);
    map.on("zoomend", update);
    update();
    return borders;
  };
})();
