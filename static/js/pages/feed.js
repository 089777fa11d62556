// What concerns the visitor, as events: every [data-feed] follows its WebSocket and dispatches each message on <body> as
// `live:<type>`, its content in `detail`. `live:again` comes after an interruption: something may have been missed.

import { LiveFeed, showState } from "../live.js";

export function dispatch(message) {
  document.body.dispatchEvent(new CustomEvent(`live:${message.type}`, { bubbles: true, detail: message }));
}

for (const element of document.querySelectorAll("[data-feed]")) {
  let snapshots = 0;
  new LiveFeed({
    url: element.dataset.feed,
    onMessage: (message) => {
      dispatch(message);
      if (message.type === "snapshot" && snapshots++) dispatch({ type: "again" });
    },
    onState: (state) => showState(element, state),
  }).start();
}
