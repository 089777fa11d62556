// The page of a booking: what it shows is renewed by htmx when the feed says so. Here is only what htmx cannot know.

import { dispatch } from "./feed.js";

const parts = document.querySelector("[data-refresh]");
let version = Number(parts.dataset.version);

// Between the page and the socket's first word something may have happened; the same after an interruption.
document.body.addEventListener("live:snapshot", ({ detail }) => {
  const seen = detail.booking?.version;
  if (!Number.isFinite(seen) || seen === version) return;
  version = seen;
  dispatch({ type: "again" });
});
document.body.addEventListener("live:booking", ({ detail }) => {
  version = detail.booking?.version ?? version;
});

// Of a request that went to another operator there is no page any more.
parts.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status !== 404) return;
  const note = document.createElement("div");
  note.className = "alert alert-warning";
  note.role = "alert";
  note.textContent = parts.dataset.gone;
  document.getElementById("messages").replaceChildren(note);
  for (const button of document.querySelectorAll("main button[type=submit]")) button.disabled = true;
  parts.remove();
});
