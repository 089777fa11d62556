// The map of a fleet: a car for each vehicle that has said where it is, and one of them followed.

import { createMap, maplibregl } from "./create_map.js";
import { Car } from "./markers.js";

const CENTRE = [-73.985, 40.75];

export class FleetMap {
  #map;
  #cars = new Map();
  #shown = new Map();
  #followed = "";
  #onPick;

  constructor(canvas, { styleUrl, cityUrl, onPick }) {
    this.#onPick = onPick;
    this.#map = createMap(canvas, { styleUrl, cityUrl, center: CENTRE, zoom: 11 });
    this.#map.on("dragstart", () => (this.#followed = ""));
  }

  whenIdle(then) {
    this.#map.once("idle", then);
  }

  /** All of them in view. */
  overview(vehicles) {
    const bounds = new maplibregl.LngLatBounds();
    for (const { location } of vehicles) if (location) bounds.extend([location.lng, location.lat]);
    if (!bounds.isEmpty()) this.#map.fitBounds(bounds, { padding: 56, maxZoom: 14, duration: 0 });
  }

  place({ pvin, plate, name, location }) {
    if (!location || this.#shown.get(pvin) === location.timestamp) return;
    this.#shown.set(pvin, location.timestamp);
    let car = this.#cars.get(pvin);
    if (!car) {
      const label = [plate, name].filter(Boolean).join(" · ") || pvin.slice(0, 12);
      car = new Car(this.#map, label, (lngLat) => this.#keepInView(pvin, lngLat));
      car.name(label, () => this.#onPick(pvin));
      this.#cars.set(pvin, car);
    }
    car.moveTo(location);
  }

  /** Keep this one in the middle; none: let the map be. */
  follow(pvin) {
    this.#followed = pvin;
    for (const [each, car] of this.#cars) car.pick(each === pvin);
    const at = this.#cars.get(pvin)?.lngLat;
    if (at) this.#map.easeTo({ center: at, zoom: Math.max(this.#map.getZoom(), 14) });
  }

  #keepInView(pvin, lngLat) {
    if (pvin === this.#followed && !this.#map.isMoving()) this.#map.setCenter(lngLat);
  }
}
