// Opens a map in its frame.  Everything it does is also done by the list or the
// fields beside it; without script the frame stays hidden.
import * as L from "leaflet";
import { build, calm } from "../dom";
import { word } from "../words";
import { Areas } from "./areas";
import { Drawing } from "./drawing";
import type { FeatureCollection } from "geojson";

const BRITAIN = L.latLngBounds([49.9, -6.5], [55.9, 1.8]);

const touch = window.matchMedia("(pointer: coarse)");

function styled(href: string): Promise<void> {
  if (document.querySelector(`link[href="${CSS.escape(href)}"]`)) return Promise.resolve();
  return new Promise((done) => {
    const link = build("link", { rel: "stylesheet", href });
    link.onload = link.onerror = () => done();
    document.head.append(link);
  });
}

function made(view: HTMLElement, frame: HTMLElement): L.Map {
  const still = calm.matches;
  const map = L.map(view, {
    zoomControl: false,
    scrollWheelZoom: false,
    dragging: !touch.matches,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    inertia: !still,
    zoomSnap: 0.25,
    attributionControl: false,
  });
  L.control
    .zoom({ zoomInTitle: word("zoomIn"), zoomOutTitle: word("zoomOut") })
    .addTo(map);
  const { attribution, tileUrl } = frame.dataset;
  if (attribution || tileUrl)
    L.control.attribution({ prefix: false }).addTo(map).addAttribution(text(attribution ?? ""));
  if (tileUrl) L.tileLayer(tileUrl, { maxZoom: 19, referrerPolicy: "origin" }).addTo(map);
  // Wheel and finger scroll the page until the map is chosen; two fingers always move it.
  map.on("focus", () => {
    map.scrollWheelZoom.enable();
    map.dragging.enable();
  });
  map.on("blur", () => {
    map.scrollWheelZoom.disable();
    if (touch.matches) map.dragging.disable();
  });
  return map;
}

/** Attribution is ours to show as words, never as markup from elsewhere. */
function text(words: string): string {
  return build("span", {}, words).innerHTML;
}

async function features(url: string): Promise<FeatureCollection> {
  const answer = await fetch(url, { headers: { Accept: "application/geo+json, application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as FeatureCollection;
}

export async function open(frame: HTMLElement): Promise<void> {
  await styled(frame.dataset.mapCss ?? "");
  const view = build("div", {
    class: "bl-map__view",
    role: "region",
    "aria-label": frame.dataset.label ?? "",
  });
  const said = build("p", { class: "bl-map__said", role: "status" });
  frame.replaceChildren(view, said);
  frame.hidden = false;
  const map = made(view, frame);
  map.fitBounds(BRITAIN);
  try {
    await furnish(map, frame, said);
  } catch {
    map.remove();
    frame.replaceChildren(said);
    said.textContent = word("mapFailed");
  }
}

async function furnish(map: L.Map, frame: HTMLElement, said: HTMLElement): Promise<void> {
  const { areasUrl, shapeUrl, point, draw } = frame.dataset;
  const bounds: L.LatLngBounds[] = [];
  if (areasUrl) {
    const areas = new Areas(map, frame, said, await features(areasUrl));
    bounds.push(areas.bounds());
  }
  if (shapeUrl) {
    const shape = L.geoJSON(await features(shapeUrl), {
      interactive: false,
      style: () => ({ className: "bl-drawn" }),
      pointToLayer: (feature, at) =>
        L.circle(at, {
          radius: Number(feature.properties?.radius_m) || 100,
          className: "bl-drawn",
          interactive: false,
        }),
    }).addTo(map);
    bounds.splice(0, bounds.length, shape.getBounds());
  }
  if (frame.dataset.dotsUrl) {
    const all = dots(map, await features(frame.dataset.dotsUrl));
    if (!bounds.length) bounds.push(all.getBounds());
  }
  if (point) {
    const at = L.latLng(point.split(",").map(Number) as [number, number]);
    pin(map, at);
    if (!bounds.length) bounds.push(at.toBounds(1500));
  }
  if (draw) {
    const drawing = new Drawing(map, frame, said);
    const drawn = drawing.bounds();
    if (drawn) bounds.splice(0, bounds.length, drawn);
  }
  const whole = bounds.find((b) => b.isValid());
  if (whole) map.fitBounds(whole, { padding: [16, 16], animate: false, maxZoom: 16 });
}

/** Things on the map, each a way to its page; properties: name, url, level. */
function dots(map: L.Map, found: FeatureCollection): L.GeoJSON {
  return L.geoJSON(found, {
    pointToLayer: (feature, at) => {
      const { name, url, level } = feature.properties as Record<string, string | number>;
      const className = `bl-dot bl-dot--${Number(level)}`;
      const dot = L.circleMarker(at, { radius: 8, className, bubblingMouseEvents: false });
      dot.bindTooltip(build("span", {}, String(name)));
      return dot.on("click", () => location.assign(String(url)));
    },
  }).addTo(map);
}

function pin(map: L.Map, at: L.LatLng): void {
  const icon = L.divIcon({ className: "", html: '<div class="bl-pin"></div>', iconSize: [26, 26], iconAnchor: [13, 30] });
  L.marker(at, { icon, interactive: false, keyboard: false }).addTo(map);
}
