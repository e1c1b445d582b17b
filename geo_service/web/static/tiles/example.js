"use strict";

// Draws vector tiles of this service with Leaflet and protomaps-leaflet; no background from anywhere.
(async () => {
  const box = document.getElementById("map");
  const said = document.getElementById("said");
  const words = JSON.parse(document.getElementById("words").textContent);
  const bounds = JSON.parse(box.dataset.bounds);

  // What a layer is and where its tiles are, it says itself.
  const sources = {};
  try {
    for (const layer of box.dataset.layers.split(" ")) {
      const answer = await fetch(`${layer}.json`);
      if (!answer.ok) throw new Error(answer.statusText);
      const { tiles, maxzoom } = await answer.json();
      sources[layer] = { url: tiles[0], maxDataZoom: maxzoom };
    }
  } catch {
    said.textContent = words.failed;
    return;
  }

  const shade = (share) => {
    if (share === undefined) return "#d5d9d7";
    if (share < 0.0005) return "#f3e3d3";
    return ["#c9e3df", "#8fc7c0", "#4c9f97", "#0f766e"][Math.min(3, Math.floor(share * 4))];
  };
  const { CircleSymbolizer, LineSymbolizer, PolygonSymbolizer, leafletLayer } = protomapsL;
  const drawn = leafletLayer({
    sources,
    attribution: "",
    paintRules: [
      {
        dataSource: "coverage",
        dataLayer: "coverage",
        symbolizer: new PolygonSymbolizer({
          fill: (zoom, feature) => shade(feature.props.area_coverage),
        }),
      },
      {
        dataSource: "coverage",
        dataLayer: "coverage",
        symbolizer: new LineSymbolizer({ color: "#52626a", width: 1 }),
      },
      {
        dataSource: "stations",
        dataLayer: "stations",
        symbolizer: new CircleSymbolizer({ radius: 4, fill: "#d55e00", stroke: "#ffffff", width: 1 }),
      },
    ],
    labelRules: [],
  });

  const map = L.map(box, { zoomSnap: 1, maxZoom: 18 });
  map.attributionControl.setPrefix(false);
  if (bounds.length) {
    const [west, south, east, north] = bounds;
    map.fitBounds([[south, west], [north, east]]);
  } else {
    map.setView([0, 0], 1);
  }
  drawn.addTo(map);

  // What is there, in words: to read, and to hear.
  const stationText = (props) => {
    const demonstration = props.data_status === "demonstration" ? ` · ${words.demonstration}` : "";
    return `${words.station}: ${props.name} (${props.id})${demonstration}`;
  };
  const townshipText = (props) => {
    const share = props.area_coverage;
    const coverage = share === undefined
      ? words.unknown
      : words.coverage
        .replace("{share}", (share * 100).toFixed(1))
        .replace("{radius}", props.radius_m)
        .replace("{day}", props.measured_on);
    return `${words.township}: ${props.name} · ${coverage}`;
  };
  const tell = (latlng) => {
    const at = latlng.wrap();
    const found = drawn.queryTileFeaturesDebug(at.lng, at.lat, 12);
    const of = (layer) => (found.get(layer) || []).map((each) => each.feature.props);
    const texts = [...of("stations").map(stationText), ...of("coverage").map(townshipText)];
    said.textContent = texts.length ? [...new Set(texts)].slice(0, 4).join("; ") : words.nothing;
  };
  map.on("click", (event) => tell(event.latlng));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === box) tell(map.getCenter());
  });
})();
