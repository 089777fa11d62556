// A driver's pages: news of their rides come in, their positions go out, over one socket.

import { LiveFeed } from "../live.js";
import { dispatch } from "./feed.js";
import { LocationSharing } from "./sharing.js";

const CHOICE = "atlas-share-location";
const root = document.querySelector("[data-sharing]");
const toggle = root.querySelector("[data-sharing-switch]");
const text = root.querySelector("[data-sharing-state]");

function show(state, waiting = 0) {
  if (root.dataset.state === "closed") return;
  root.dataset.state = state;
  toggle.checked = !["off", "blocked", "closed"].includes(state);
  const words = root.dataset[`text${state[0].toUpperCase()}${state.slice(1)}`].replace("{n}", waiting);
  if (text.textContent !== words) text.textContent = words;
}

function chosen(value) {
  try {
    if (value === undefined) return localStorage.getItem(CHOICE) === "yes";
    localStorage.setItem(CHOICE, value ? "yes" : "no");
  } catch {
    // storage is blocked: the choice lasts for this page
  }
  return Boolean(value);
}

const feed = new LiveFeed({
  url: root.dataset.url,
  onMessage: (message) => {
    // A driver's own positions come from here; the rest is news for the page. A snapshot says that news may be missing.
    if (message.type === "snapshot") dispatch({ type: "again" });
    if (message.type === "booking") dispatch(message);
  },
  onState: (state) => {
    if (state !== "closed") return;
    sharing.stop();
    show("closed");
  },
});
const sharing = new LocationSharing({ send: (message) => feed.send(message), onState: show });

addEventListener("DOMContentLoaded", () => feed.start()); // not before htmx listens
if (toggle.checked) chosen(true); // pressed before this module was there
if (chosen()) sharing.start();
toggle.addEventListener("change", () => {
  chosen(toggle.checked);
  if (toggle.checked) sharing.start();
  else sharing.stop();
});
