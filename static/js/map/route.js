// The route on the map: what lies ahead in brass, what is done paler.

import { PALETTES } from "./palette.js";

const SOURCE = "route";
const EMPTY = { type: "FeatureCollection", features: [] };
const WIDTH = ["interpolate", ["exponential", 1.4], ["zoom"], 9, 3, 13, 5, 17, 10];

export class RouteLine {
  #map = null;
  #points = [];
  #progress = 0;
  #theme = "light";

  /** To be called whenever the map has got a new style. */
  attach(map, theme) {
    this.#map = map;
    this.#theme = theme;
    const c = PALETTES[theme];
    const before = map.getStyle().layers.find((layer) => layer.type === "symbol")?.id;
    const layout = { "line-cap": "round", "line-join": "round" };
    map.addSource(SOURCE, { type: "geojson", data: this.#data(), lineMetrics: true, tolerance: 0.2 });
    map.addLayer({
      id: "route-casing", type: "line", source: SOURCE, layout,
      paint: { "line-color": c.routeCasing, "line-width": ["interpolate", ["exponential", 1.4], ["zoom"], 9, 6, 13, 9, 17, 16], "line-opacity": 0.9 },
    }, before);
    map.addLayer({ id: "route", type: "line", source: SOURCE, layout, paint: { "line-width": WIDTH, "line-gradient": this.#gradient() } }, before);
  }

  get bounds() {
    if (this.#points.length < 2) return null;
    const [lngs, lats] = [0, 1].map((i) => this.#points.map((point) => point[i]));
    return [[Math.min(...lngs), Math.min(...lats)], [Math.max(...lngs), Math.max(...lats)]];
  }

  /** [[lng, lat], ...] */
  setPoints(points) {
    this.#points = points;
    this.#map?.getSource(SOURCE)?.setData(this.#data());
  }

  /** Share of the route that is done, 0..1. */
  setProgress(progress) {
    this.#progress = Math.min(1, Math.max(0, progress ?? 0));
    if (this.#map?.getLayer("route")) this.#map.setPaintProperty("route", "line-gradient", this.#gradient());
  }

  #data() {
    if (this.#points.length < 2) return EMPTY;
    return { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: this.#points } };
  }

  #gradient() {
    const c = PALETTES[this.#theme];
    if (this.#progress <= 0) return ["step", ["line-progress"], c.route, 1, c.route];
    return ["step", ["line-progress"], c.routeDone, this.#progress, c.route];
  }
}
