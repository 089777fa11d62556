// A live feed: one snapshot, then updates. Over a WebSocket while there is one; while there is none, the same snapshot
// is fetched every 5 s, and the socket is tried again after 1 -> 30 s with jitter.

export const POLL_MS = 5_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
const STABLE_MS = 10_000;

// Close codes after which trying again cannot help: not signed in, not yours, not there.
const FINAL = new Set([4401, 4403, 4404]);
const TOO_FAST = 4429;

/** Milliseconds before attempt number `attempt` (0, 1, ...): doubling, with jitter so that viewers do not come in step. */
export function retryDelay(attempt, random = Math.random) {
  const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
  return Math.max(FIRST_RETRY_MS, ceiling * (0.5 + 0.5 * random()));
}

/**
 * Follows `url` (ws:, wss:, or a path of this site).
 *
 * onMessage(message) gets every message; one that was polled comes as {type: "snapshot", ...}.
 * onState(state, code) gets "connecting", "live", "polling" or "closed" (for good; code is the close code).
 * pollUrl may be empty: then nothing is fetched in between.
 */
export class LiveFeed {
  #url;
  #pollUrl;
  #onMessage;
  #onState;
  #socket = null;
  #state = "";
  #attempt = 0;
  #retryTimer = 0;
  #pollTimer = 0;
  #stableTimer = 0;
  #stopped = false;
  #wake = () => this.#tryNow();

  constructor({ url, pollUrl = "", onMessage, onState = () => {} }) {
    const absolute = new URL(url, location.href);
    absolute.protocol = absolute.protocol.replace("http", "ws");
    this.#url = absolute.href;
    this.#pollUrl = pollUrl;
    this.#onMessage = onMessage;
    this.#onState = onState;
  }

  start() {
    addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
    this.#connect();
    return this;
  }

  stop() {
    this.#end(1000);
  }

  /** Sends a message if the socket is open; says whether it did. */
  send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #connect() {
    if (this.#state !== "polling") this.#setState("connecting");
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onmessage = (event) => {
      if (socket !== this.#socket) return;
      clearTimeout(this.#pollTimer);
      this.#pollTimer = 0;
      this.#setState("live");
      this.#deliver(event.data);
    };
    socket.onopen = () => {
      // Only a connection that lasts makes the next retry quick again.
      this.#stableTimer = setTimeout(() => (this.#attempt = 0), STABLE_MS);
    };
    socket.onclose = (event) => socket === this.#socket && this.#lost(event.code);
  }

  #deliver(text) {
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      console.warn("live: a message that is not JSON was dropped");
      return;
    }
    this.#onMessage(message);
  }

  #lost(code) {
    clearTimeout(this.#stableTimer);
    this.#socket = null;
    if (this.#stopped) return;
    if (FINAL.has(code)) {
      this.#end(code);
      return;
    }
    const delay = code === TOO_FAST ? LONGEST_RETRY_MS : retryDelay(this.#attempt++);
    this.#retryTimer = setTimeout(() => this.#connect(), delay);
    if (this.#pollUrl) {
      this.#setState("polling");
      if (!this.#pollTimer) this.#pollTimer = setTimeout(() => this.#poll(), FIRST_RETRY_MS);
    } else {
      this.#setState("connecting");
    }
  }

  async #poll() {
    if (!document.hidden) {
      try {
        const response = await fetch(this.#pollUrl, { headers: { Accept: "application/json" }, cache: "no-store" });
        const body = response.ok ? await response.json() : null;
        // The socket may have come back while this was under way: what it brought is newer.
        if (this.#stopped || this.#state === "live") return;
        if ([401, 403, 404].includes(response.status)) {
          this.#end(4000 + response.status);
          return;
        }
        if (body) this.#onMessage({ ...body, type: "snapshot" });
      } catch {
        // No network either: the next round tries again.
      }
    }
    if (!this.#stopped && this.#state !== "live") this.#pollTimer = setTimeout(() => this.#poll(), POLL_MS);
  }

  /** The network or the page is back: no reason to wait for the timer. */
  #tryNow() {
    if (this.#stopped || this.#socket || document.hidden) return;
    clearTimeout(this.#retryTimer);
    this.#connect();
  }

  #setState(state, code = 0) {
    if (state === this.#state) return;
    this.#state = state;
    this.#onState(state, code);
  }

  #end(code) {
    this.#stopped = true;
    removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    for (const timer of [this.#retryTimer, this.#pollTimer, this.#stableTimer]) clearTimeout(timer);
    this.#socket?.close(1000);
    this.#setState("closed", code);
  }
}

/** Writes the state of a feed into an element with data-text-<state> attributes (components/booking_map.html). */
export function showState(element, state) {
  element.dataset.state = state;
  element.textContent = element.dataset[`text${state[0].toUpperCase()}${state.slice(1)}`] ?? state;
}
