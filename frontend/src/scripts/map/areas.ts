// The force's own areas: shown, and chosen by pressing; the list of boxes is the
// real control and both always say the same.
import * as L from "leaflet";
import type { Feature, FeatureCollection } from "geojson";
import { build } from "../dom";
import { word } from "../words";

const LABELS_UP_TO = 200; // areas; beyond that names show on pointing alone

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

  /** What to look at: the chosen areas where there are some, else all. */
  bounds(): L.LatLngBounds {
    const some = this.areas.filter((area) => this.chosen(area.id));
    const shown = some.length ? some : this.areas;
    return shown.reduce((all, area) => all.extend(area.layer.getBounds()), L.latLngBounds([]));
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
      const box = layer.getBounds();
      const width =
        this.map.latLngToLayerPoint(box.getNorthEast()).x -
        this.map.latLngToLayerPoint(box.getSouthWest()).x;
      const longest = Math.max(...name.split(" ").map((part) => part.length));
      const fits = width > 7.5 * longest + 12;
      if (fits && !layer.getTooltip()) {
        const className = `bl-label${this.chosen(id) ? " bl-label--chosen" : ""}`;
        const words = build("span", {}, name);
        layer.bindTooltip(words, { permanent: true, direction: "center", className, interactive: false });
      } else if (!fits && layer.getTooltip()) layer.unbindTooltip();
    }
  }
}
