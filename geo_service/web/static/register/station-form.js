// The form of a station: its position on a map of our own outlines, its services folded away while
// they are not offered, its preview. All of it works without this, too.

import { readOutlines } from "../worker/outlines.js";

const PLACES = 6; // decimals of a degree: a decimetre
const ZOOM = 14;
const STEP_PX = 8; // of an arrow key
const SETTLE_MS = 250;

const root = document.querySelector("[data-place]");
const form = document.getElementById("record");
const field = (name) => form.elements.namedItem(name);

function part(name) {
  return root.querySelector(`[data-${name}]`);
}

function loaded(element) {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    document.head.append(element);
  });
}

function leaflet() {
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: root.dataset.leafletCss });
  const script = Object.assign(document.createElement("script"), { src: root.dataset.leaflet });
  return Promise.all([loaded(sheet), loaded(script)]);
}

async function outlines() {
  const answer = await fetch(root.dataset.outlines);
  return answer.ok ? readOutlines(await answer.json()) : [];
}

/** Leaflet alone puts latitude first. */
const turned = (ring) => ring.map(([longitude, latitude]) => [latitude, longitude]);

class Place {
  constructor(units) {
    const { L } = window;
    this.map = L.map(part("map"), { zoomSnap: 0.5, attributionControl: false, minZoom: 5, maxZoom: 19 });
    this.start = root.dataset.latitude ? [Number(root.dataset.latitude), Number(root.dataset.longitude)] : null;
    const rings = units.flatMap((unit) => unit.rings.map(turned));
    if (this.start) this.map.setView(this.start, ZOOM);
    else if (rings.length > 0) this.map.fitBounds(L.latLngBounds(rings.flat()));
    else this.map.setView([35, 105], 4);
    L.control.scale({ imperial: false }).addTo(this.map);
    for (const unit of units) {
      const shape = L.polygon(unit.rings.map(turned), { className: `ground-${unit.level}`, interactive: false });
      shape.addTo(this.map);
      if (unit.level === "township") this.label(unit, shape.getBounds().getCenter());
    }
    this.near = L.layerGroup().addTo(this.map);
    this.marker = L.marker(this.start ?? this.map.getCenter(), {
      draggable: form.querySelector("fieldset").disabled === false,
      icon: L.divIcon({ className: "station-pin", iconSize: [30, 38], iconAnchor: [15, 36], html: pin() }),
      title: root.dataset.marker,
      alt: root.dataset.marker,
      keyboard: true,
      autoPan: true,
    });
    if (this.start) this.marker.addTo(this.map);
    this.editable = this.marker.options.draggable;
    this.marker.on("dragend", () => this.moved());
    if (this.editable) this.map.on("click", (event) => this.move(event.latlng));
    const element = () => this.marker.getElement();
    this.marker.on("add", () => element().addEventListener("keydown", (event) => this.key(event)));
    if (this.start) element().addEventListener("keydown", (event) => this.key(event));
  }

  label(unit, at) {
    const name = document.createElement("span");
    name.textContent = (document.documentElement.lang === "en" && unit.nameEn) || unit.name;
    const icon = window.L.divIcon({ className: "place-name", iconSize: [0, 0], html: name });
    const label = window.L.marker(at, { icon, interactive: false, keyboard: false });
    const shown = () => (this.map.getZoom() >= 10.5 ? label.addTo(this.map) : label.remove());
    this.map.on("zoomend", shown);
    shown();
  }

  key(event) {
    const step = { ArrowLeft: [-STEP_PX, 0], ArrowRight: [STEP_PX, 0], ArrowUp: [0, -STEP_PX], ArrowDown: [0, STEP_PX] };
    if (!(event.key in step) || !this.editable) return;
    event.preventDefault();
    event.stopPropagation();
    const at = this.map.latLngToContainerPoint(this.marker.getLatLng()).add(step[event.key]);
    this.move(this.map.containerPointToLatLng(at));
    this.marker.getElement().focus();
  }

  move(at) {
    this.put(at);
    this.moved();
  }

  put(at) {
    this.marker.setLatLng(at);
    if (!this.map.hasLayer(this.marker)) this.marker.addTo(this.map);
  }

  /** What the map says, the fields say: in WGS 84, as the map is drawn. */
  moved() {
    const { lat, lng } = this.marker.getLatLng();
    field("longitude").value = lng.toFixed(PLACES);
    field("latitude").value = lat.toFixed(PLACES);
    field("datum").value = "wgs84";
    ask();
  }

  show(answer) {
    this.near.clearLayers();
    for (const each of answer.near) {
      const dot = window.L.circleMarker([each.latitude, each.longitude], { className: "near-dot", radius: 5, interactive: false });
      dot.addTo(this.near);
    }
    if (answer.outside) return;
    const at = [answer.latitude, answer.longitude];
    this.put(at);
    if (!this.map.getBounds().contains(at)) this.map.setView(at, Math.max(this.map.getZoom(), ZOOM));
  }
}

function pin() {
  const SVG = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "-15 -38 30 38");
  const drop = document.createElementNS(SVG, "path");
  drop.setAttribute("d", "M0 0C-5-9-14-13-14-23A14 14 0 1 1 14-23C14-13 5-9 0 0Z");
  const middle = document.createElementNS(SVG, "circle");
  middle.setAttribute("cy", "-23");
  middle.setAttribute("r", "5");
  drawing.append(drop, middle);
  return drawing;
}

let place = null;
let asked = 0;
let settling = 0;

/** Ask where the position in the fields is, and say so. */
async function ask() {
  const [lon, lat, datum] = ["longitude", "latitude", "datum"].map((name) => field(name).value.trim());
  if (!lon || !lat) return;
  const number = ++asked;
  const address = new URL(root.dataset.where, window.location.href);
  const given = { lon, lat, datum, id: root.dataset.id };
  for (const [name, value] of Object.entries(given)) if (value) address.searchParams.set(name, value);
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok || number !== asked) return;
    const found = await answer.json();
    part("told").textContent = found.said;
    part("told").classList.toggle("outside", found.outside);
    place?.show(found);
  } catch {
    // Without an answer the fields are still what is sent.
  }
}

function askSoon() {
  window.clearTimeout(settling);
  settling = window.setTimeout(ask, SETTLE_MS);
}

async function openMap() {
  try {
    const [units] = await Promise.all([outlines(), leaflet()]);
    part("desk").hidden = false; // a map that has no size yet cannot be drawn
    place = new Place(units);
    part("centre").addEventListener("click", () => place.move(place.map.getCenter()));
    part("back")?.addEventListener("click", () => {
      place.move(place.start);
      place.map.setView(place.start, ZOOM);
    });
    await ask();
  } catch {
    part("desk").hidden = true;
    part("told").textContent = root.dataset.failed;
  }
}

function foldServices() {
  for (const offered of document.querySelectorAll("[data-offered]")) {
    const tick = offered.querySelector("legend input");
    const more = offered.querySelector("[data-more]");
    const fold = () => { more.hidden = !tick.checked; };
    tick.addEventListener("change", fold);
    fold();
  }
}

function previewOnDemand() {
  const frame = document.querySelector("[data-preview-frame]");
  const button = document.querySelector("[data-preview-button]");
  if (!frame || !button) return;
  frame.hidden = true;
  button.addEventListener("click", () => {
    frame.hidden = false;
    frame.scrollIntoView({ block: "nearest" });
  });
}

foldServices();
previewOnDemand();
for (const name of ["longitude", "latitude", "datum"]) field(name).addEventListener("input", askSoon);
openMap();
