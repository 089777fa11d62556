// The line under the map: arrival, speed, age of the position. It is text, so it serves without a map as well.

const language = document.documentElement.lang || "en";
const number = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });

/** Time of day as the rest of the page writes it, by the clock of `timeZone` (the viewer's own if there is none). */
function clockOf(timeZone) {
  const style = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  try {
    return new Intl.DateTimeFormat(language, { ...style, timeZone });
  } catch {
    return new Intl.DateTimeFormat(language, style); // a zone that this browser does not know yet
  }
}

/** Seconds as `9 min` or `1 h 05 min`; less than half a minute is "now". */
export function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${number.format(minutes)} min`;
  return `${number.format(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, "0")} min`;
}

export class Facts {
  #root;
  #clock;

  constructor(root, timeZone) {
    this.#root = root;
    this.#clock = clockOf(timeZone);
  }

  show({ etaSeconds, location, progress }) {
    this.#set("eta", Number.isFinite(etaSeconds) ? duration(etaSeconds) : null);
    if (location !== undefined) {
      this.#set("speed", Number.isFinite(location?.speed) ? `${number.format(location.speed)} km/h` : null);
      const at = location?.timestamp ? new Date(location.timestamp) : null;
      this.#set("seen", at && !Number.isNaN(at.getTime()) ? this.#clock.format(at) : null);
    }
    const bar = this.#root.querySelector("[data-map-progress]");
    if (bar && Number.isFinite(progress)) bar.style.setProperty("--progress", Math.min(1, Math.max(0, progress)));
  }

  #set(name, text) {
    const value = this.#root.querySelector(`[data-fact="${name}"]`);
    if (!value) return;
    value.textContent = text ?? "";
    value.closest("[data-fact-row]").hidden = text === null;
  }
}
