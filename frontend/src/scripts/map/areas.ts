// The force's own areas: shown, and chosen by pressing; the list of boxes is the
// real control and both always say the same.
import * as L from "leaflet";
import type { Feature, FeatureCollection } from "geojson";
import { build } from "../dom";
import { word } from "../words";

const LABELS_UP_TO = 200; // areas; beyond that names show on pointing alone

const FEW = 40; // areas that can be looked at all together while choosing

interface Area {
  id: string;
  name: string;
  layer: L.Polygon;
}

export class Areas {
  private readonly areas: Area[] = [];
  private readonly boxes: HTMLInputElement[];
  private readonly fixed: Set<string>;
  private readonly tip = L.tooltip({ direction: "top", offset: [0, -8] });

  constructor(
    private readonly map: L.Map,
    frame: HTMLElement,
    private readonly said: HTMLElement,
    collection: FeatureCollection,
  ) {
    const list = frame.dataset.list ? document.querySelector(frame.dataset.list) : null;
    this.boxes = [...(list?.querySelectorAll<HTMLInputElement>("input[type=checkbox], input[type=radio]") ?? [])];
    this.fixed = new Set((frame.dataset.selected ?? "").split(",").filter(Boolean));
    L.geoJSON(collection, {
      style: () => ({ className: `bl-area${this.boxes.length ? " bl-area--pick" : ""}` }),
      onEachFeature: (feature, layer) => this.add(feature, layer as L.Polygon),
    }).addTo(map);
    list?.addEventListener("change", () => this.show());
    map.on("zoomend", () => this.label());
    if (this.boxes.length) said.textContent = word("pickHint");
    this.show();
  }

  /** What to look at: the chosen areas where there are some (with room to choose others). */
  bounds(): L.LatLngBounds {
    const some = this.areas.filter((area) => this.chosen(area.id));
    const picking = this.boxes.length > 0;
    if (!some.length || (picking && this.areas.length <= FEW)) return around(this.areas);
    return picking ? around(some).pad(1) : around(some);
  }

  private add(feature: Feature, layer: L.Polygon): void {
    const id = String(feature.id ?? feature.properties?.id ?? "");
    const name = String(feature.properties?.name ?? id);
    const area = { id, name, layer };
    this.areas.push(area);
    layer.on("click", (event) => {
      if (this.map.getContainer().dataset.drawing) return;
      L.DomEvent.stop(event);
      this.press(area);
    });
    const point = (event: L.LeafletMouseEvent) => {
      this.tip.setLatLng(event.latlng).setContent(build("span", {}, name)).addTo(this.map);
    };
    layer.on("mouseover", point).on("mousemove", point);
    layer.on("mouseout", () => this.tip.remove());
  }

  private box(id: string): HTMLInputElement | undefined {
    return this.boxes.find((box) => box.value === id);
  }

  private chosen(id: string): boolean {
    return this.box(id)?.checked ?? this.fixed.has(id);
  }

  private press(area: Area): void {
    const box = this.box(area.id);
    if (!box || box.disabled) return;
    box.checked = box.type === "radio" || !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    this.said.textContent = word(box.checked ? "chosen" : "unchosen", { name: area.name });
  }

  private show(): void {
    for (const { id, layer } of this.areas) {
      const on = this.chosen(id);
      layer.getElement()?.classList.toggle("bl-area--chosen", on);
      if (on) layer.bringToFront();
      layer.getTooltip()?.getElement()?.classList.toggle("bl-label--chosen", on);
    }
    this.label();
  }

  /** Write a name where its area is wide enough to hold it. */
  private label(): void {
    if (this.areas.length > LABELS_UP_TO) return;
    for (const { id, name, layer } of this.areas) {
      const fits = this.holds(layer.getBounds(), name.split(" "));
      if (fits && !layer.getTooltip()) {
        const className = `bl-label${this.chosen(id) ? " bl-label--chosen" : ""}`;
        const words = build("span", {}, name);
        layer.bindTooltip(words, { permanent: true, direction: "center", className, interactive: false });
      } else if (!fits && layer.getTooltip()) layer.unbindTooltip();
    }
  }

  /** Whether an outline on the screen has room for these words, one under another. */
  private holds(box: L.LatLngBounds, parts: string[]): boolean {
    const one = this.map.latLngToLayerPoint(box.getNorthWest());
    const two = this.map.latLngToLayerPoint(box.getSouthEast());
    const longest = Math.max(...parts.map((part) => part.length));
    return two.x - one.x > 8 * longest + 20 && two.y - one.y > 16 * parts.length + 10;
  }
}

function around(areas: Area[]): L.LatLngBounds {
  return areas.reduce((all, area) => all.extend(area.layer.getBounds()), L.latLngBounds([]));
}
