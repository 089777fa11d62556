// A car between two readings: where it is shown while the next one is awaited.

/** The way from one heading to another that turns less, in degrees (-180..180]. */
export function turn(from, to) {
  const difference = (((to - from) % 360) + 360) % 360;
  return difference > 180 ? difference - 360 : difference;
}

/** How long to glide to a new position: as long as readings are apart, within reason; 0 means jump. */
export function glideMs(sinceLast, metres) {
  if (!Number.isFinite(sinceLast) || sinceLast > 15_000 || metres > 1_500) return 0;
  return Math.min(6_000, Math.max(250, sinceLast));
}

/** Metres between two [lng, lat], near enough for a glide. */
export function metresBetween([lng1, lat1], [lng2, lat2]) {
  const scale = Math.cos((lat1 * Math.PI) / 180);
  return Math.hypot(lat2 - lat1, (lng2 - lng1) * scale) * 111_195;
}

/** Glides {lngLat, heading} from reading to reading and shows every step. */
export class Glide {
  #show;
  #shown = null;
  #lastAt = NaN;
  #frame = 0;
  #still = matchMedia("(prefers-reduced-motion: reduce)");

  constructor(show) {
    this.#show = show;
  }

  to(lngLat, heading) {
    const now = performance.now();
    const from = this.#shown;
    const goal = { lngLat, heading: heading ?? from?.heading ?? 0 };
    const duration = from && !this.#still.matches ? glideMs(now - this.#lastAt, metresBetween(from.lngLat, lngLat)) : 0;
    this.#lastAt = now;
    cancelAnimationFrame(this.#frame);
    if (!duration) {
      this.#set(goal);
      return;
    }
    const rotation = turn(from.heading, goal.heading);
    const step = (time) => {
      const share = Math.min(1, Math.max(0, (time - now) / duration));
      // The car turns in the first third of the way, as it would into a street.
      const turned = Math.min(1, share * 3);
      this.#set({
        lngLat: from.lngLat.map((value, i) => value + (lngLat[i] - value) * share),
        heading: from.heading + rotation * turned,
      });
      if (share < 1) this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  stop() {
    cancelAnimationFrame(this.#frame);
  }

  #set(state) {
    this.#shown = state;
    this.#show(state);
  }
}
