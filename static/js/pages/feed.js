// What concerns the visitor, as events: every [data-feed] follows its WebSocket and dispatches each message on <body> as
// `live:<type>`, its content in `detail`. `live:again` comes when something may have been missed: after an interruption,
// and once between the page as it was rendered and the feed's first word, which on a slow machine are seconds apart. A
// snapshot that holds the booking itself needs no second look at first: its version tells (booking.js).

import { LiveFeed, showState } from "../live.js";

const SIGNED_OUT = 4401;

export function dispatch(message) {
  document.body.dispatchEvent(new CustomEvent(`live:${message.type}`, { bubbles: true, detail: message }));
}

function follow(element) {
  let snapshots = 0;
  new LiveFeed({
    url: element.dataset.feed,
    onMessage: (message) => {
      dispatch(message);
      if (message.type === "snapshot" && (snapshots++ || !message.booking)) dispatch({ type: "again" });
    },
    onState: (state, code) => {
      showState(element, state);
      if (code === SIGNED_OUT && snapshots) location.reload(); // it leads to the sign-in: nothing stays on the screen
    },
  }).start();
}

// Not before htmx listens, which is when the document is there.
addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-feed]").forEach(follow));
