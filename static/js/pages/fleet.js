// The page of a fleet: the list and the map show the same vehicles, as the socket says they are now.

import { LiveFeed, showState } from "../live.js";
import { FleetMap } from "../map/fleet_map.js";
import { supportsMaps } from "../map/create_map.js";
import { STATES, factsOf, stateOf } from "../map/vehicle.js";

const LOOK_AGAIN_MS = 15_000;
const TONES = { driving: "status-live", charging: "status-sold", parked: "", silent: "status-open", unknown: "" };

class Fleet {
  #root;
  #vehicles = new Map();
  #rows = new Map();
  #map = null;
  #picked = "";
  #only = "";
  #search = "";

  constructor(root) {
    this.#root = root;
    for (const row of root.querySelectorAll("[data-pvin]")) {
      this.#rows.set(row.dataset.pvin, row);
      row.querySelector("button").addEventListener("click", () => this.#pick(row.dataset.pvin));
    }
    const vehicles = JSON.parse(document.getElementById(root.dataset.vehicles).textContent);
    for (const vehicle of vehicles) this.#vehicles.set(vehicle.pvin, vehicle);
    if (supportsMaps()) this.#showMap();
    this.#showTools();
    this.#showAll();
    setInterval(() => this.#showAll(), LOOK_AGAIN_MS);
    this.#follow();
  }

  /** A vehicle as it is now: {pvin, location, state}. One that the page does not know came later: the next visit shows it. */
  update({ pvin, location, state }) {
    const vehicle = this.#vehicles.get(pvin);
    if (!vehicle) return;
    Object.assign(vehicle, { location: location ?? vehicle.location, state });
    this.#show(vehicle);
  }

  #showMap() {
    const { styleUrl, cityUrl } = this.#root.dataset;
    const canvas = this.#root.querySelector("[data-map-canvas]");
    canvas.hidden = false;
    this.#map = new FleetMap(canvas, { styleUrl, cityUrl, onPick: (pvin) => this.#pick(pvin) });
    this.#map.overview([...this.#vehicles.values()]);
    this.#map.whenIdle(() => (this.#root.dataset.ready = ""));
  }

  #showTools() {
    this.#root.querySelector("[data-fleet-tools]").hidden = false;
    this.#root.querySelector("[data-fleet-search]").addEventListener("input", ({ target }) => {
      this.#search = target.value.trim().toLocaleLowerCase();
      this.#filter();
    });
    const counts = this.#root.querySelector("[data-fleet-counts]");
    for (const name of STATES) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.only = name;
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => this.#showOnly(name));
      counts.append(button);
    }
  }

  #showOnly(name) {
    this.#only = this.#only === name ? "" : name;
    for (const button of this.#root.querySelectorAll("[data-only]"))
      button.setAttribute("aria-pressed", String(button.dataset.only === this.#only));
    this.#filter();
  }

  #showAll() {
    for (const vehicle of this.#vehicles.values()) this.#show(vehicle, false);
    this.#count();
  }

  #show(vehicle, counts = true) {
    const row = this.#rows.get(vehicle.pvin);
    const was = row.dataset.state;
    const state = (row.dataset.state = stateOf(vehicle));
    const badge = row.querySelector("[data-car-state]");
    badge.hidden = false;
    badge.className = `status ${TONES[state]}`;
    badge.textContent = this.#word(state);
    row.querySelector("[data-car-facts]").textContent = factsOf(vehicle, state).join(" · ");
    this.#map?.place(vehicle);
    if (counts && was !== state) this.#count();
  }

  #count() {
    const states = [...this.#rows.values()].map((row) => row.dataset.state);
    for (const button of this.#root.querySelectorAll("[data-only]")) {
      const number = states.filter((state) => state === button.dataset.only).length;
      button.textContent = `${this.#word(button.dataset.only)} ${number}`;
      button.hidden = number === 0 && this.#only !== button.dataset.only;
    }
    this.#filter();
  }

  #filter() {
    let shown = 0;
    for (const row of this.#rows.values()) {
      const { plate, name } = this.#vehicles.get(row.dataset.pvin);
      const matches = `${plate} ${name}`.toLocaleLowerCase().includes(this.#search);
      row.hidden = !matches || (this.#only !== "" && row.dataset.state !== this.#only);
      shown += !row.hidden;
    }
    this.#root.querySelector("[data-fleet-none]").hidden = shown > 0;
  }

  #pick(pvin) {
    this.#picked = this.#picked === pvin ? "" : pvin;
    for (const [each, row] of this.#rows)
      row.querySelector("button").setAttribute("aria-pressed", String(each === this.#picked));
    if (this.#picked) this.#rows.get(this.#picked).scrollIntoView({ block: "nearest" });
    this.#map?.follow(this.#picked);
  }

  #word(state) {
    return this.#root.dataset[`word${state[0].toUpperCase()}${state.slice(1)}`];
  }

  #follow() {
    const state = this.#root.querySelector("[data-live-state]");
    new LiveFeed({
      url: this.#root.dataset.liveUrl,
      pollUrl: this.#root.dataset.pollUrl,
      onMessage: (message) => this.#heard(message),
      onState: (name) => showState(state, name),
    }).start();
  }

  #heard(message) {
    if (message.type === "location" && message.pvin) this.update(message);
    else if (message.type === "snapshot") for (const each of message.vehicles ?? (message.results ?? []).map(polled)) this.update(each);
  }
}

/** What `GET fleet/state` says of a vehicle, as the socket says it. */
function polled({ pvin, lat, lng, speed, heading, updatedAt, ...state }) {
  return { pvin, location: lat === null ? null : { lat, lng, speed, heading, timestamp: updatedAt }, state };
}

addEventListener("DOMContentLoaded", () => {
  for (const root of document.querySelectorAll("[data-fleet-map]")) new Fleet(root);
});
