// Drawing an area or a circle by pressing points: no dragging, so that it works
// by finger, switch and keyboard (Enter sets a point in the middle of the map).
// The shape goes as one GeoJSON feature into a hidden field; a circle is a Point
// with the property radius_m.
import * as L from "leaflet";
import type { Feature, Point, Polygon } from "geojson";
import { build } from "../dom";
import { word } from "../words";

const RADII = [250, 500, 1000, 2000, 5000]; // metres
const PLACE = 60; // metres: how large a point is drawn
type Tool = "area" | "circle" | "point";
type Drawn = Feature<Polygon | Point, { radius_m?: number }>;

export class Drawing {
  private tool: Tool | "" = "";
  private corners: L.LatLng[] = [];
  private shape: L.Polyline<any> | L.Circle | null = null;
  private readonly marks = L.layerGroup();
  private readonly input: HTMLInputElement | null;
  private readonly buttons = new Map<string, HTMLButtonElement>();
  private readonly radius = build("select", { class: "govuk-select", "aria-label": word("drawRadius") });
  private readonly cross = build("div", { class: "bl-cross", hidden: "", "aria-hidden": "true" });

  constructor(
    private readonly map: L.Map,
    frame: HTMLElement,
    private readonly said: HTMLElement,
  ) {
    this.input = frame.dataset.input ? document.querySelector(frame.dataset.input) : null;
    this.marks.addTo(map);
    frame.prepend(this.bar((frame.dataset.draw ?? "").split(" ")));
    map.getContainer().append(this.cross);
    map.on("click", (event) => this.point(event.latlng));
    map.getContainer().addEventListener("keydown", (event) => this.key(event));
    this.restore();
    this.show();
  }

  bounds(): L.LatLngBounds | null {
    return this.shape ? this.shape.getBounds() : null;
  }

  private bar(tools: string[]): HTMLElement {
    const bar = build("div", { class: "bl-map__bar", role: "group" });
    if (tools.includes("area")) bar.append(this.button("area", "drawArea", () => this.choose("area")));
    if (tools.includes("circle")) {
      bar.append(this.button("circle", "drawCircle", () => this.choose("circle")), this.radius);
      for (const metres of RADII)
        this.radius.append(build("option", { value: String(metres) }, word("metres", { count: metres })));
      this.radius.value = "500";
      this.radius.addEventListener("change", () => this.resize());
    }
    if (tools.includes("point")) bar.append(this.button("point", "drawPoint", () => this.choose("point")));
    bar.append(
      this.button("finish", "drawFinish", () => this.finish()),
      this.button("undo", "drawUndo", () => this.undo()),
      this.button("clear", "drawClear", () => this.clear()),
    );
    return bar;
  }

  private button(name: string, label: string, act: () => void): HTMLButtonElement {
    const button = build("button", { type: "button", class: "bl-map__tool" }, word(label));
    button.addEventListener("click", act);
    this.buttons.set(name, button);
    return button;
  }

  private choose(tool: Tool): void {
    this.wipe();
    this.tool = tool;
    const hints = { area: "drawAreaHint", circle: "drawCircleHint", point: "drawPointHint", "": "drawCleared" };
    this.said.textContent = word(hints[tool]);
    this.map.getContainer().focus({ preventScroll: true });
    this.show();
  }

  private point(at: L.LatLng): void {
    if (this.tool === "circle") {
      this.circle(at, Number(this.radius.value));
      this.end(word("drawCircleDone", { radius: Number(this.radius.value) }));
    } else if (this.tool === "point") {
      this.circle(at, PLACE);
      this.end(word("drawPointDone"));
    } else if (this.tool === "area") {
      this.corners.push(at);
      this.outline();
      this.show();
    }
  }

  private key(event: KeyboardEvent): void {
    if (!this.tool || event.target !== this.map.getContainer()) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.point(this.map.getCenter());
    } else if (event.key === "Escape") this.clear();
    else if (event.key === "Backspace") this.undo();
  }

  private outline(): void {
    this.shape?.remove();
    this.marks.clearLayers();
    const style = { className: "bl-drawn bl-drawn--open", interactive: false };
    const shape =
      this.corners.length > 2 ? L.polygon(this.corners, style) : L.polyline(this.corners, style);
    this.shape = shape.addTo(this.map);
    for (const [at, corner] of this.corners.entries()) this.corner(corner, at === 0);
  }

  private corner(at: L.LatLng, first: boolean): void {
    const icon = L.divIcon({ className: "bl-corner", iconSize: first ? [24, 24] : [16, 16] });
    const mark = L.marker(at, { icon, interactive: first, keyboard: false }).addTo(this.marks);
    if (first) mark.on("click", () => this.finish());
  }

  private circle(at: L.LatLng, radius: number): void {
    this.shape?.remove();
    this.marks.clearLayers();
    this.shape = L.circle(at, { radius, className: "bl-drawn", interactive: false }).addTo(this.map);
  }

  private resize(): void {
    if (!(this.shape instanceof L.Circle)) return;
    const radius = Number(this.radius.value);
    this.shape.setRadius(radius);
    this.end(word("drawCircleDone", { radius }));
  }

  private undo(): void {
    if (this.tool !== "area") return;
    this.corners.pop();
    this.outline();
    this.show();
  }

  private finish(): void {
    if (this.tool !== "area" || this.corners.length < 3) return;
    this.shape?.remove();
    this.marks.clearLayers();
    this.shape = L.polygon(this.corners, { className: "bl-drawn", interactive: false }).addTo(this.map);
    this.end(word("drawDone"));
  }

  private end(words: string): void {
    this.tool = "";
    this.write();
    this.said.textContent = words;
    this.show();
  }

  private clear(): void {
    this.wipe();
    this.tool = "";
    this.write();
    this.said.textContent = word("drawCleared");
    this.show();
  }

  private wipe(): void {
    this.shape?.remove();
    this.shape = null;
    this.marks.clearLayers();
    this.corners = [];
  }

  /** Put the shape into the form's field and tell whoever listens. */
  private write(): void {
    if (!this.input) return;
    this.input.value = this.shape ? JSON.stringify(this.feature()) : "";
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private feature(): Drawn | null {
    if (this.shape instanceof L.Circle) {
      const { lng, lat } = this.shape.getLatLng();
      const geometry: Point = { type: "Point", coordinates: [round(lng), round(lat)] };
      return { type: "Feature", geometry, properties: { radius_m: this.shape.getRadius() } };
    }
    const ring = this.corners.map(({ lng, lat }) => [round(lng), round(lat)]);
    const closed = [...ring, ring[0] ?? []];
    return { type: "Feature", geometry: { type: "Polygon", coordinates: [closed] }, properties: {} };
  }

  private restore(): void {
    if (!this.input?.value) return;
    try {
      const { geometry, properties } = JSON.parse(this.input.value) as Drawn;
      if (geometry.type === "Point") {
        const [lng = 0, lat = 0] = geometry.coordinates;
        const radius = properties.radius_m ?? 500;
        if (!RADII.includes(radius))
          this.radius.append(build("option", { value: String(radius) }, word("metres", { count: radius })));
        this.radius.value = String(radius);
        this.circle(L.latLng(lat, lng), radius);
      } else {
        const ring = geometry.coordinates[0]?.slice(0, -1) ?? [];
        this.corners = ring.map(([lng = 0, lat = 0]) => L.latLng(lat, lng));
        this.shape = L.polygon(this.corners, { className: "bl-drawn", interactive: false }).addTo(this.map);
      }
    } catch {
      this.input.value = ""; // not a shape of ours: begin anew
    }
  }

  /** Show which tool is in hand and what can be done now. */
  private show(): void {
    const container = this.map.getContainer();
    if (this.tool) container.dataset.drawing = this.tool;
    else delete container.dataset.drawing;
    this.cross.hidden = !this.tool;
    for (const tool of ["area", "circle", "point"])
      this.buttons.get(tool)?.setAttribute("aria-pressed", String(this.tool === tool));
    const able = { finish: this.tool === "area" && this.corners.length > 2, undo: this.tool === "area" && this.corners.length > 0, clear: Boolean(this.shape || this.tool) };
    for (const [name, on] of Object.entries(able)) {
      const button = this.buttons.get(name);
      if (button) button.disabled = !on;
    }
    for (const name of ["finish", "undo"]) {
      const button = this.buttons.get(name);
      if (button) button.hidden = this.tool !== "area";
    }
  }
}

function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6; // about a tenth of a metre
}
