/* What every map of this service shares. Text enters the page as text nodes, never as markup. */
(function () {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const ICONS = {
    // Drawn for this service: 24 × 24, lines only.
    locate: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v4M12 18v4M2 12h4M18 12h4",
    full_screen: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
    north: "M12 3l6 17-6-4-6 4z",
  };
  const NARROW = window.matchMedia("(max-width: 720px)");
  const LINKS = /^(https?:|geo:|tel:|[^:]*$)/i;

  /** Make an element; children are nodes, or strings that become text. */
  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  /** Make a link, or plain text where following the address would run something. */
  function link(url, attributes, ...children) {
    if (!LINKS.test(url)) return element("span", {}, ...children);
    return element("a", { href: url, rel: "noopener noreferrer", ...attributes }, ...children);
  }

  function icon(name) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("class", "icon");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }

  /** Put figures and names into a sentence with {places}. */
  function say(sentence, values) {
    return sentence.replace(/\{(\w+)\}/g, (place, name) => (name in values ? values[name] : place));
  }

  function read(blockId) {
    return JSON.parse(document.getElementById(blockId).textContent);
  }

  function notify(text) {
    document.getElementById("notice").textContent = text;
  }

  /** Put an element of ours into a corner of the map; touching it does not move the map. */
  function corner(map, position, content) {
    const control = L.control({ position });
    control.onAdd = function () {
      L.DomEvent.disableClickPropagation(content);
      L.DomEvent.disableScrollPropagation(content);
      return content;
    };
    control.addTo(map);
    return control;
  }

  function tool(name, words) {
    const label = element("span", { class: "tool-label" }, words[name]);
    return element(
      "button",
      { type: "button", class: "tool", title: words[`${name}_title`] || words[name] },
      icon(name),
      label,
    );
  }

  function addLocate(map, words, tools) {
    const button = tool("locate", words);
    let marks = null;
    button.addEventListener("click", () => {
      notify(words.locating);
      map.locate({ enableHighAccuracy: true, timeout: 15000 });
    });
    map.on("locationfound", (found) => {
      if (marks) marks.remove();
      marks = L.layerGroup([
        L.circle(found.latlng, { radius: found.accuracy, className: "here-accuracy", interactive: false }),
        L.circleMarker(found.latlng, { radius: 7, className: "here", interactive: false }),
      ]).addTo(map);
      map.setView(found.latlng, Math.max(map.getZoom(), 15));
      notify(say(words.located, { metres: Math.round(found.accuracy) }));
    });
    map.on("locationerror", () => notify(words.locate_failed));
    tools.append(button);
  }

  function addFullScreen(map, words, tools) {
    if (!document.fullscreenEnabled) return;
    const workspace = document.getElementById("workspace");
    const button = tool("full_screen", words);
    button.addEventListener("click", () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else workspace.requestFullscreen();
    });
    document.addEventListener("fullscreenchange", () => {
      const inside = Boolean(document.fullscreenElement);
      button.querySelector(".tool-label").textContent = inside
        ? words.full_screen_leave
        : words.full_screen;
      map.invalidateSize();
    });
    tools.append(button);
  }

  function addBasemap(map, basemap, words) {
    if (!basemap) return;
    L.tileLayer(basemap.url, { maxZoom: map.getMaxZoom(), maxNativeZoom: basemap.maxZoom }).addTo(map);
    const shifted = basemap.shifted ? " · " + say(words.basemap_shifted, { datum: basemap.datum }) : "";
    corner(map, "bottomright", element("p", { class: "credit" }, basemap.attribution + shifted));
  }

  /** On a phone the panel starts folded; in a wide window a planner's stays open. */
  function foldPanel() {
    const apply = () => fold(NARROW.matches);
    NARROW.addEventListener("change", apply);
    apply();
  }

  function fold(away) {
    document.querySelectorAll(".panel > .fold").forEach((panel) => { panel.open = !away; });
  }

  /** Dress Folium's map: zoom, scale, north, locate-me, full screen, basemap, first view. */
  function frame(map, content) {
    const words = content.words;
    const container = map.getContainer();
    container.setAttribute("role", "region");
    container.setAttribute("aria-label", words.map);
    foldPanel();
    L.control
      .zoom({ position: "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out })
      .addTo(map);
    const tools = element("div", { class: "tools leaflet-bar" });
    addLocate(map, words, tools);
    addFullScreen(map, words, tools);
    corner(map, "topright", tools);
    L.control.scale({ position: "bottomright", imperial: false }).addTo(map);
    corner(
      map,
      "bottomright",
      element("p", { class: "north", title: words.north_title }, icon("north"), words.north),
    );
    addBasemap(map, content.basemap, words);
    map.on("popupopen", (opened) => {
      namePopup(opened.popup, words);
      if (NARROW.matches) fold(true);
    });
    if (content.bounds) map.fitBounds(content.bounds, { padding: [16, 16], animate: false });
  }

  function namePopup(popup, words) {
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    close.setAttribute("aria-label", words.close);
    close.setAttribute("title", words.close);
  }

  /** How large a popup may be: it fits a phone of 320 px beside the tools at its right edge. */
  function popupSize(map) {
    const size = map.getSize();
    return {
      minWidth: Math.min(260, size.x - 88),
      maxWidth: Math.min(340, size.x - 88),
      maxHeight: Math.max(160, Math.min(480, size.y - 150)),
      autoPanPaddingTopLeft: [8, 64],
      autoPanPaddingBottomRight: [64, 16],
    };
  }

  window.charts = { element, link, say, read, notify, corner, frame, popupSize };
})();
