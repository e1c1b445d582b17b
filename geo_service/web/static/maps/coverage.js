/* The map of coverage: units in five classes, layers over them, a unit's figures on click. */
(function () {
  "use strict";

  const charts = window.charts;
  const { element, say } = charts;

  function rowOf(code) {
    return Array.from(document.querySelectorAll("[data-unit]")).find((row) => row.dataset.unit === code);
  }

  /** A unit's card: the figures that stand in the panel, and what they rest on. */
  function card(properties, content) {
    const row = rowOf(properties.code);
    return element(
      "article",
      { class: "card" },
      element("h2", {}, properties.name),
      element("p", { class: "muted" }, content.basis),
      row ? row.querySelector("dl").cloneNode(true) : null,
      element("p", { class: "note" }, content.words[`boundary_${properties.worth}`]),
      element("p", { class: "note" }, content.status),
    );
  }

  function drawUnits(map, content) {
    map.createPane("units").style.zIndex = 350;
    let chosen = null;
    const layer = L.geoJSON(content.units, {
      pane: "units",
      style: ({ properties }) => ({
        className:
          properties.colour === null
            ? `unit-shape worth-${properties.worth}`
            : `unit-shape worth-${properties.worth} colour-${properties.colour}`,
        // A style sheet cannot name a pattern of the page: its addresses are its own.
        fillColor: properties.colour === null ? "url(#hatch)" : undefined,
        fillOpacity: 1,
      }),
      onEachFeature: ({ properties }, shape) => {
        shape.bindPopup(() => card(properties, content), charts.popupSize(map));
        shape.on("popupopen", () => {
          chosen = shape.getElement();
          chosen.classList.add("chosen-unit");
          shape.bringToFront();
        });
        shape.on("popupclose", () => { if (chosen) chosen.classList.remove("chosen-unit"); });
      },
    }).addTo(map);
    return new Map(layer.getLayers().map((shape) => [shape.feature.properties.code, shape]));
  }

  /** Opening a unit's row in the panel shows the unit on the map. */
  function followRows(map, shapes) {
    document.querySelectorAll("[data-unit]").forEach((row) => {
      row.addEventListener("toggle", () => {
        const shape = shapes.get(row.dataset.unit);
        if (!row.open || !shape) return;
        const narrow = window.matchMedia("(max-width: 720px)").matches;
        if (narrow) return; // the panel lies over the map; the figures are in the row
        map.fitBounds(shape.getBounds(), { maxZoom: 12, padding: [40, 40] });
        shapes.forEach((other) => other.getElement().classList.toggle("chosen-unit", other === shape));
        shape.bringToFront();
      });
    });
  }

  function worst(gap, words) {
    const said = `${gap.unit} · ${say(words["coverage.worst"], { metres: gap.metres })}`;
    const marker = L.marker(gap.at, {
      title: said,
      icon: L.divIcon({
        className: "pin-holder",
        iconSize: [44, 44],
        html: element(
          "span",
          { class: "worst" },
          element("span", { "aria-hidden": "true" }, "!"),
          element("span", { class: "unseen" }, said),
        ),
      }),
    });
    return marker.bindPopup(() => element("article", { class: "card" }, element("h2", {}, words["coverage.layer_worst"]), element("p", {}, said)));
  }

  function overlays(map, content) {
    map.createPane("over").style.zIndex = 410;
    map.getPane("over").style.pointerEvents = "none";
    const { stations, radius, gaps, worst: farthest } = content.layers;
    return {
      stations: () =>
        L.layerGroup(
          stations.map((at) =>
            L.circleMarker(at, { pane: "over", radius: 3, className: "dot", interactive: false }),
          ),
        ),
      catchments: () =>
        L.layerGroup(
          stations.map((at) =>
            L.circle(at, { pane: "over", radius, className: "catchment", interactive: false }),
          ),
        ),
      gaps: () =>
        L.geoJSON(gaps, {
          pane: "over",
          interactive: false,
          style: { className: "gap", fillColor: "url(#lines)", fillOpacity: 1 },
        }),
      worst: () => L.layerGroup(farthest.map((gap) => worst(gap, content.words))),
    };
  }

  /** A layer is made when it is first ticked. */
  function addLayers(map, makers) {
    document.querySelectorAll("[data-layer]").forEach((box) => {
      let layer = null;
      box.addEventListener("change", () => {
        layer = layer || makers[box.dataset.layer]();
        if (box.checked) layer.addTo(map);
        else layer.remove();
      });
    });
  }

  /** What is left empty is not asked: it stays out of the address. */
  function tidyForm() {
    const form = document.querySelector("form.question");
    if (!form) return;
    form.addEventListener("submit", () => {
      Array.from(form.elements).forEach((each) => { if (each.name && each.value === "") each.disabled = true; });
    });
    window.addEventListener("pageshow", () => {
      Array.from(form.elements).forEach((each) => { each.disabled = false; });
    });
  }

  charts.coverage = function (map, blockId) {
    const content = charts.read(blockId);
    charts.frame(map, content);
    charts.outlines(map, { counties: content.outlines.counties, townships: content.units }, { townships: false });
    const shapes = drawUnits(map, content);
    followRows(map, shapes);
    addLayers(map, overlays(map, content));
    tidyForm();
  };
})();
