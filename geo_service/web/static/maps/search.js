/* Find a station by name, number, township or address: a combobox of plain text. */
(function () {
  "use strict";

  const { element, say, corner } = window.charts;
  const MOST = 8;

  function searchable(station) {
    return [station.name, station.other_name, station.id, station.township, station.address]
      .filter(Boolean)
      .join("\n")
      .toLowerCase();
  }

  function matches(markers, typed) {
    const parts = typed.toLowerCase().split(/\s+/).filter(Boolean);
    if (!parts.length) return [];
    return markers.filter((marker) => parts.every((part) => marker.searchable.includes(part)));
  }

  function option(marker, index) {
    const { name, township, id } = marker.station;
    return element(
      "li",
      { role: "option", id: `found-${index}`, "aria-selected": "false" },
      element("span", { class: "found-name" }, name),
      element("span", { class: "muted" }, township || id),
    );
  }

  window.charts.search = function (map, words, markers, choose) {
    markers.forEach((marker) => { marker.searchable = searchable(marker.station); });
    const list = element("ul", { role: "listbox", id: "found", "aria-label": words["stations.search"], hidden: "" });
    const told = element("p", { class: "found-none", hidden: "" }, words["stations.nothing_found"]);
    const counted = element("span", { class: "unseen", role: "status" });
    const field = element("input", {
      type: "search",
      class: "search-field",
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": "found",
      "aria-autocomplete": "list",
      "aria-label": words["stations.search"],
      placeholder: words["stations.search"],
      autocomplete: "off",
      spellcheck: "false",
    });
    let found = [];
    let active = -1;

    function activate(index) {
      active = index;
      Array.from(list.children).forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
      if (index >= 0) field.setAttribute("aria-activedescendant", `found-${index}`);
      else field.removeAttribute("aria-activedescendant");
    }

    function show() {
      const all = matches(markers, field.value);
      found = all.slice(0, MOST);
      list.replaceChildren(...found.map(option));
      list.hidden = found.length === 0;
      told.hidden = found.length > 0 || field.value.trim() === "";
      field.setAttribute("aria-expanded", String(found.length > 0));
      counted.textContent = say(words["stations.found"], { count: all.length });
      activate(found.length ? 0 : -1);
    }

    function hide() {
      list.hidden = true;
      told.hidden = true;
      field.setAttribute("aria-expanded", "false");
    }

    function pick(index) {
      if (!found[index]) return;
      field.value = found[index].station.name;
      hide();
      choose(found[index]);
    }

    field.addEventListener("input", show);
    field.addEventListener("blur", () => window.setTimeout(hide, 200));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") hide();
      else if (event.key === "Enter") pick(active);
      else if (event.key === "ArrowDown") activate(Math.min(active + 1, found.length - 1));
      else if (event.key === "ArrowUp") activate(Math.max(active - 1, 0));
      else return;
      event.preventDefault();
    });
    // Kept at the button's release: picked as it goes down, the list is gone when it comes up, the
    // click falls on the map instead, and a click on the map closes the card just opened.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const item = event.target.closest("li");
      if (item) pick(Array.from(list.children).indexOf(item));
    });
    corner(map, "topleft", element("div", { class: "search", role: "search" }, field, list, told, counted));
  };
})();
