"use strict";

// Draws what the page lists: the same answer as GeoJSON, and no background from anywhere.
(async () => {
  const box = document.getElementById("map");
  const answer = await fetch(box.dataset.source, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) return;
  const style = getComputedStyle(document.documentElement);
  const colour = style.getPropertyValue("--accent").trim() || "#00696d";
  const map = L.map(box, { attributionControl: false, zoomSnap: 0.5 });
  const shapes = L.geoJSON(await answer.json(), {
    style: { color: colour, weight: 1.5, fillOpacity: 0.12 },
    pointToLayer: (feature, at) => L.circleMarker(at, { radius: 6, color: colour, fillOpacity: 0.7 }),
    onEachFeature: (feature, layer) => {
      const text = document.createElement("span");
      text.textContent = feature.properties.name || feature.id;
      layer.bindTooltip(text);
    },
  }).addTo(map);
  const bounds = shapes.getBounds();
  if (bounds.isValid()) map.fitBounds(bounds, { maxZoom: 16, padding: [16, 16] });
})();
