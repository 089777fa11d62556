// The live map of one ride, for every [data-booking-map] of the page (components/booking_map.html).
//
// Data attributes: live-url (WebSocket), poll-url (JSON), style-url (may be empty), city-url, booking (id of the JSON
// script element with {pickup, dropoff, timezone, route: {points}, location, progress, etaSeconds}).
// Every message of the feed is also dispatched on the element as a bubbling event `live:<type>`, its content in `detail`,
// so that a page can react to `live:booking` or `live:quote` (also htmx: hx-trigger="live:quote from:body").

import { LiveFeed, showState } from "../live.js";
import { createMap, maplibregl, supportsMaps } from "./create_map.js";
import { Facts } from "./facts.js";
import { Car, addPin } from "./markers.js";
import { RouteLine } from "./route.js";

const PADDING = { top: 64, bottom: 48, left: 48, right: 64 };

const OVER = new Set(["COMPLETED", "PAID", "CANCELLED"]);

/** Whether the news is that there is no car to watch any more; positions stop then without a word of their own. */
function rideIsOver({ type, booking }) {
  return type === "booking" && OVER.has(booking?.status);
}

class BookingMap {
  #root;
  #data;
  #facts;
  #route = new RouteLine();
  #map = null;
  #car = null;
  #following = true;
  #followButton;

  constructor(root) {
    this.#root = root;
    this.#data = JSON.parse(document.getElementById(root.dataset.booking).textContent);
    this.#facts = new Facts(root, this.#data.timezone);
    this.#followButton = root.querySelector("[data-map-follow]");
    if (supportsMaps()) this.#showMap();
    this.update(this.#data);
    if (root.dataset.liveUrl) this.#follow();
  }

  /** A snapshot or an update: whatever of route, location, progress and etaSeconds it has. */
  update(message) {
    if (message.route?.points) {
      this.#route.setPoints(message.route.points);
      if (!this.#car) this.#overview();
    }
    if (Number.isFinite(message.progress)) this.#route.setProgress(message.progress);
    if (message.location) this.#move(message.location);
    else if (message.location === null) this.#parkCar();
    this.#facts.show(message);
  }

  #showMap() {
    const { styleUrl, cityUrl } = this.#root.dataset;
    const canvas = this.#root.querySelector("[data-map-canvas]");
    canvas.hidden = false;
    this.#root.querySelector("[data-map-list]").hidden = true;
    const { pickup, dropoff } = this.#data;
    this.#map = createMap(canvas, {
      styleUrl, cityUrl,
      center: [pickup.lng, pickup.lat],
      zoom: 13,
      overlays: (map, theme) => this.#route.attach(map, theme),
    });
    addPin(this.#map, "pickup", pickup);
    if (dropoff) addPin(this.#map, "dropoff", dropoff);
    this.#overview(0);
    this.#map.on("dragstart", () => this.#setFollowing(false));
    this.#followButton?.addEventListener("click", () => this.#setFollowing(true));
    this.#map.once("idle", () => (this.#root.dataset.ready = ""));
  }

  /** The whole ride in view. */
  #overview(duration = 800) {
    if (!this.#map) return;
    const { pickup, dropoff } = this.#data;
    const bounds = new maplibregl.LngLatBounds(this.#route.bounds ?? undefined);
    for (const place of [pickup, dropoff]) if (place) bounds.extend([place.lng, place.lat]);
    this.#map.fitBounds(bounds, { padding: PADDING, maxZoom: 15, duration });
  }

  #move(location) {
    if (!this.#map) return;
    if (!this.#car) {
      this.#car = new Car(this.#map, this.#root.dataset.carLabel || "Car", (lngLat) => this.#keepInView(lngLat));
      this.#map.jumpTo({ center: [location.lng, location.lat], zoom: Math.max(this.#map.getZoom(), 14) });
    }
    this.#car.moveTo(location);
  }

  /** Called at every step of the glide, so the map moves with the car without easings that pile up. */
  #keepInView(lngLat) {
    if (this.#following && !this.#map.isMoving()) this.#map.setCenter(lngLat);
  }

  #parkCar() {
    this.#car?.remove();
    this.#car = null;
  }

  #setFollowing(following) {
    this.#following = following;
    if (this.#followButton) this.#followButton.hidden = following;
  }

  #follow() {
    const state = this.#root.querySelector("[data-live-state]");
    new LiveFeed({
      url: this.#root.dataset.liveUrl,
      pollUrl: this.#root.dataset.pollUrl,
      onMessage: (message) => {
        this.update(rideIsOver(message) ? { ...message, location: null } : message);
        this.#root.dispatchEvent(new CustomEvent(`live:${message.type}`, { bubbles: true, detail: message }));
      },
      onState: (name, code) => {
        if (state) showState(state, name);
        this.#root.dispatchEvent(new CustomEvent("live:state", { bubbles: true, detail: { state: name, code } }));
      },
    }).start();
  }
}

// Not before htmx and the other modules listen, which is when the document is there.
addEventListener("DOMContentLoaded", () => {
  for (const root of document.querySelectorAll("[data-booking-map]")) new BookingMap(root);
});
