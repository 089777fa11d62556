// What lies on the map as HTML: the two pins and the car.

import { maplibregl } from "./create_map.js";
import { Glide } from "./motion.js";

const PIN = `<svg viewBox="0 0 30 38"><path class="pin-body" stroke-width="1.5" d="M15 1C7.3 1 1 7.2 1 14.9 1 25 15 37 15 37s14-12 14-22.1C29 7.2 22.7 1 15 1Z"/>`;
const DOT = '<circle class="pin-dot" cx="15" cy="15" r="5"/></svg>';
const SQUARE = '<rect class="pin-dot" x="10.5" y="10.5" width="9" height="9" rx="1.5"/></svg>';
// Seen from above, its front to the north.
const CAR = `<svg viewBox="0 0 44 44"><circle class="car-halo" cx="22" cy="22" r="21"/>
<path class="car-body" stroke-width="1.5" d="M16.2 11.2C17 7.6 19 6 22 6s5 1.6 5.8 5.2c.5 2.3.7 6 .7 10.800v10.500c0 3.500-1.700 5.500-6.500 5.500s-6.500-2-6.500-5.500V22c0-4.800.2-8.500.7-10.800Z"/>
<path class="car-glass" d="M17.3 16.500c1.400-1 2.900-1.400 4.700-1.400s3.300.4 4.700 1.400l-.8 4.200c-2.500-.6-5.300-.6-7.800 0ZM17.900 31.300l.6-2.800c2.300.4 4.700.4 7 0l.6 2.800c-2.500 1-5.700 1-8.200 0Z"/></svg>`;

function element(className, svg, label) {
  const node = document.createElement("div");
  node.className = className;
  node.innerHTML = svg;
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", label);
  return node;
}

/** `role` is "pickup" or "dropoff"; place is {lat, lng, label}. */
export function addPin(map, role, place) {
  const node = element(`map-pin map-pin-${role}`, PIN + (role === "pickup" ? DOT : SQUARE), place.label);
  const popup = new maplibregl.Popup({ offset: 34, closeButton: false }).setText(place.label);
  return new maplibregl.Marker({ element: node, anchor: "bottom" })
    .setLngLat([place.lng, place.lat])
    .setPopup(popup)
    .addTo(map);
}

/** The car: glides from reading to reading, turned to its heading, and pales when readings stop coming. */
export class Car {
  #marker;
  #glide;
  #staleTimer = 0;
  #popup = null;

  /** `onMove([lng, lat])` is called at every step of the way. */
  constructor(map, label, onMove = () => {}) {
    const node = element("map-car", CAR, label);
    this.#marker = new maplibregl.Marker({ element: node, rotationAlignment: "map", pitchAlignment: "map" });
    this.#glide = new Glide(({ lngLat, heading }) => {
      this.#marker.setLngLat(lngLat).setRotation(heading);
      if (!node.isConnected) this.#marker.addTo(map);
      onMove(lngLat);
    });
  }

  /** A reading: {lat, lng, heading, ...}. */
  moveTo({ lat, lng, heading }) {
    const node = this.#marker.getElement();
    delete node.dataset.stale;
    clearTimeout(this.#staleTimer);
    this.#staleTimer = setTimeout(() => (node.dataset.stale = ""), 60_000);
    this.#glide.to([lng, lat], heading);
  }

  /** Its label opens beside it when it is picked, by a click or by `pick`. */
  name(label, onPick) {
    const node = this.#marker.getElement();
    node.title = label;
    node.classList.add("map-car-named");
    node.addEventListener("click", onPick);
    this.#popup = new maplibregl.Popup({ offset: 22, closeButton: false, closeOnClick: false }).setText(label);
  }

  /** Whether it is the one that is looked at. */
  pick(picked) {
    const node = this.#marker.getElement();
    node.toggleAttribute("data-picked", picked);
    this.#marker.setPopup(picked ? this.#popup : null);
    if (picked && !this.#popup.isOpen()) this.#marker.togglePopup();
  }

  get lngLat() {
    return this.#marker.getLngLat();
  }

  remove() {
    clearTimeout(this.#staleTimer);
    this.#glide.stop();
    this.#marker.remove();
  }
}
