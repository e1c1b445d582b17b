/* The map of stations: clusters, layers by service, search, a card for each station. */
(function () {
  "use strict";

  const charts = window.charts;
  const { element, link, say } = charts;

  function kindsOf(station) {
    return station.services.map((service) => service.kind);
  }

  /** The sign of a station: blue disc for rest, vermilion square for breakfast, joined for both. */
  function pin(station, words) {
    const kinds = ["rest", "breakfast"].filter((kind) => kindsOf(station).includes(kind));
    const look = kinds.length === 2 ? "both" : kinds[0] || "none";
    const said = [station.name, ...kinds.map((kind) => words[`service_${kind}`])].join(" · ");
    return L.divIcon({
      className: "pin-holder",
      iconSize: [44, 44],
      html: element(
        "span",
        { class: `pin pin-${look}` },
        ...kinds.map((kind) => element("i", { "aria-hidden": "true" }, words[`glyph_${kind}`])),
        element("span", { class: "unseen" }, said),
      ),
    });
  }

  function bubble(cluster, words) {
    const stations = cluster.getAllChildMarkers().map((marker) => marker.station);
    const meals = stations.filter((station) => kindsOf(station).includes("breakfast")).length;
    const face = element(
      "span",
      { class: "bubble" },
      element("span", { "aria-hidden": "true" }, String(stations.length)),
      element("span", { class: "unseen" }, say(words["stations.cluster_name"], { count: stations.length })),
    );
    face.style.setProperty("--meals", `${(100 * meals) / stations.length}%`);
    return L.divIcon({ className: "pin-holder", iconSize: [44, 44], html: face });
  }

  function openness(service, words) {
    if (!service.openness) return null;
    const said = service.note || words[`stations.${service.openness}`];
    return element("span", { class: `openness openness-${service.openness}` }, said);
  }

  function serviceBlock(service, words) {
    const groups = service.groups
      ? service.groups.map((group) => words[`group_${group}`]).join(words.comma)
      : words.group_anyone;
    return element(
      "section",
      { class: `service service-${service.kind}` },
      element("h3", {}, words[`service_${service.kind}`], openness(service, words)),
      element("p", {}, service.hours || words["stations.hours_unknown"]),
      element("p", { class: "muted" }, words["stations.for"] + words.colon + groups),
    );
  }

  function facts(station, words) {
    const access = station.access && words[`stations.access_${station.access}`];
    const near = station.accuracy && say(words["stations.metres"], { metres: station.accuracy });
    const rows = [
      ["stations.address", station.address],
      ["stations.township", station.township],
      ["stations.telephone", station.telephone],
      ["stations.capacity", station.capacity],
      ["stations.accessibility", access],
      ["stations.accuracy", near],
      ["stations.verified", station.verified || words["stations.not_verified"]],
      ["stations.number", station.id],
      ["stations.source", `${words[`status_${station.status}`]} · ${station.source}`],
    ];
    const list = element("dl", { class: "facts" });
    for (const [key, value] of rows) {
      if (value === undefined || value === null || value === "") continue;
      list.append(element("dt", {}, words[key]), element("dd", {}, String(value)));
    }
    return list;
  }

  function ways(station, words) {
    if (!station.links) return null;
    const buttons = Object.entries(station.links).map(([provider, url]) =>
      link(url, { class: "way", target: "_blank" }, words[`stations.link_${provider}`] || provider),
    );
    return element("nav", { class: "ways", "aria-label": words["stations.go"] }, ...buttons);
  }

  function card(station, words) {
    const demonstration = station.status === "demonstration";
    return element(
      "article",
      { class: "card" },
      demonstration ? element("p", { class: "ribbon" }, words["stations.do_not_go"]) : null,
      station.reported ? element("p", { class: "ribbon" }, station.reported) : null,
      element("h2", {}, station.name),
      station.other_name ? element("p", { class: "muted" }, station.other_name) : null,
      ...station.services.map((service) => serviceBlock(service, words)),
      station.amenities
        ? element(
            "ul",
            { class: "amenities", "aria-label": words["stations.amenities"] },
            ...station.amenities.map((each) => element("li", {}, words[`amenity_${each}`])),
          )
        : null,
      ways(station, words),
      facts(station, words),
    );
  }

  function markerOf(map, station, words) {
    const marker = L.marker(station.at, {
      icon: pin(station, words),
      title: station.name,
      alt: station.name,
      riseOnHover: true,
    });
    marker.station = station;
    marker.bindPopup(() => card(station, words), charts.popupSize(map));
    const grow = (chosen) => () => {
      if (marker.getElement()) marker.getElement().classList.toggle("chosen", chosen);
    };
    marker.on("popupopen", grow(true));
    marker.on("popupclose", grow(false));
    return marker;
  }

  /** Keep on the map what the ticked layers let through. */
  function addLayers(cluster, markers, borders, map) {
    const services = Array.from(document.querySelectorAll("[data-service]"));
    const hideClosed = document.querySelector("[data-hide-closed]");
    const outlines = document.querySelector("[data-outlines]");
    const shown = () => new Set(services.filter((box) => box.checked).map((box) => box.dataset.service));
    const update = () => {
      const kinds = shown();
      const open = (service) =>
        kinds.has(service.kind) && !(hideClosed && hideClosed.checked && service.openness === "closed");
      cluster.clearLayers();
      cluster.addLayers(markers.filter((marker) => marker.station.services.some(open)));
    };
    services.forEach((box) => box.addEventListener("change", update));
    if (hideClosed) hideClosed.addEventListener("change", update);
    if (outlines) {
      outlines.addEventListener("change", () => {
        if (outlines.checked) map.addLayer(borders);
        else map.removeLayer(borders);
      });
    }
    update();
    return function showAll() {
      services.forEach((box) => { box.checked = true; });
      if (hideClosed) hideClosed.checked = false;
      update();
    };
  }

  charts.stations = function (map, blockId, cluster) {
    const content = charts.read(blockId);
    const words = content.words;
    charts.frame(map, content);
    const borders = charts.outlines(map, content.outlines);
    cluster.options.iconCreateFunction = (each) => bubble(each, words);
    map.addLayer(cluster);
    const markers = content.stations.map((station) => markerOf(map, station, words));
    const showAll = addLayers(cluster, markers, borders, map);
    charts.search(map, words, markers, (marker) => {
      if (!cluster.hasLayer(marker)) showAll();
      cluster.zoomToShowLayer(marker, () => marker.openPopup());
    });
  };
})();
