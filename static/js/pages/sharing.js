// A driver's positions on their way to Atlas: one a second, kept in order while there is no connection, sent again after.

const SECOND_MS = 1_000;
const STALE_MS = 5_000;
const MOST_WAITING = 900;
const MOST_PER_SECOND = 3; // the socket takes five messages a second
const KMH_PER_MS = 3.6;
const UNSENT = "atlas-unsent-positions";

/** A position as the socket wants it: degrees, km/h, the time it was measured. */
export function toMessage({ coords, timestamp }) {
  const number = (value) => (Number.isFinite(value) ? value : null);
  const speed = number(coords.speed);
  return {
    type: "location",
    lat: coords.latitude,
    lng: coords.longitude,
    heading: number(coords.heading),
    speed: speed === null ? null : Math.min(400, Math.round(speed * KMH_PER_MS * 10) / 10),
    timestamp: new Date(timestamp).toISOString(),
  };
}

/**
 * send(message) says whether it could. onState(state, waiting) gets "off", "asking", "sharing", "waiting" (no
 * connection; `waiting` positions are kept), "blocked" (not allowed) or "unavailable".
 */
export class LocationSharing {
  #send;
  #onState;
  #watch = null;
  #timer = 0;
  #latest = null;
  #queued = 0;
  #asked = 0;
  #waiting = [];
  #wakeLock = null;

  constructor({ send, onState }) {
    this.#send = send;
    this.#onState = onState;
    addEventListener("pagehide", () => this.#keep());
    document.addEventListener("visibilitychange", () => this.#stayAwake());
  }

  start() {
    if (this.#watch !== null) return;
    if (!navigator.geolocation) {
      this.#onState("unavailable", 0);
      return;
    }
    this.#waiting = this.#kept();
    this.#onState("asking", 0);
    this.#watch = navigator.geolocation.watchPosition(
      (position) => (this.#latest = position),
      (error) => this.#failed(error),
      { enableHighAccuracy: true, maximumAge: 0 },
    );
    this.#asked = Date.now();
    this.#timer = setInterval(() => this.#tick(), SECOND_MS);
    this.#stayAwake();
  }

  stop() {
    if (this.#watch === null) return;
    navigator.geolocation.clearWatch(this.#watch);
    clearInterval(this.#timer);
    this.#watch = this.#latest = null;
    this.#waiting = [];
    this.#wakeLock?.release();
    this.#wakeLock = null;
    this.#onState("off", 0);
  }

  #tick() {
    const fix = this.#latest;
    if (fix && fix.timestamp > this.#queued) {
      this.#queued = fix.timestamp;
      this.#waiting.push(toMessage(fix));
      if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    } else {
      this.#askAgain(fix);
    }
    let sent = 0;
    while (this.#waiting.length && sent < MOST_PER_SECOND && this.#send(this.#waiting[0])) {
      this.#waiting.shift();
      sent += 1;
    }
    if (sent) this.#onState("sharing", this.#waiting.length);
    else if (this.#waiting.length) this.#onState("waiting", this.#waiting.length);
  }

  /** A car that stands makes no new position by itself; its watchers should see that it is still there. */
  #askAgain(fix) {
    if (Date.now() - Math.max(fix?.timestamp ?? 0, this.#asked) < STALE_MS) return;
    this.#asked = Date.now();
    navigator.geolocation.getCurrentPosition(
      (position) => (this.#latest = position),
      (error) => this.#failed(error),
      { enableHighAccuracy: true, maximumAge: 0, timeout: 10_000 },
    );
  }

  #failed(error) {
    if (this.#watch === null) return;
    if (error.code === error.PERMISSION_DENIED) {
      this.stop();
      this.#onState("blocked", 0);
    } else if (!this.#latest) {
      this.#onState("unavailable", 0);
    }
  }

  /** The screen stays on while it shares: a sleeping phone sends nothing. */
  async #stayAwake() {
    if (this.#watch === null || document.hidden || !("wakeLock" in navigator)) return;
    try {
      this.#wakeLock = await navigator.wakeLock.request("screen");
    } catch {
      // Low battery, or not allowed: it goes on as long as the screen does.
    }
  }

  #keep() {
    try {
      sessionStorage.setItem(UNSENT, JSON.stringify(this.#waiting));
    } catch {
      // storage is blocked: what waits is lost with the page
    }
  }

  #kept() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(UNSENT) ?? "[]");
      sessionStorage.removeItem(UNSENT);
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  }
}
