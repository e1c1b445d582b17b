/* The map of demand: circles as large as their weight, or squares of a grid in five classes. */
(function () {
  "use strict";

  const charts = window.charts;
  const { element, say } = charts;

  function card(title, said, content) {
    return element(
      "article",
      { class: "card" },
      element("h2", {}, title || content.name),
      element("p", {}, said),
      element("p", { class: "note" }, content.status),
    );
  }

  function circle([at, radius, weight, name], content, map) {
    const said = say(content.words["demand.weight"], { weight, unit: content.unit });
    return L.circleMarker(at, { pane: "demand", radius, className: "demand-circle" }).bindPopup(
      () => card(name, said, content),
      charts.popupSize(map),
    );
  }

  function cell([corners, colour, density], content, map) {
    const said = say(content.words["demand.density"], { density, unit: content.unit });
    return L.rectangle(corners, {
      pane: "demand",
      className: `demand-cell colour-${colour}`,
      fillOpacity: 1,
    }).bindPopup(() => card("", said, content), charts.popupSize(map));
  }

  charts.demand = function (map, blockId) {
    const content = charts.read(blockId);
    charts.frame(map, content);
    map.createPane("demand").style.zIndex = 350;
    charts.outlines(map, content.outlines, { townships: true });
    const { circles, cells } = content.marks;
    L.layerGroup([
      ...cells.map((each) => cell(each, content, map)),
      ...circles.map((each) => circle(each, content, map)),
    ]).addTo(map);
  };
})();
