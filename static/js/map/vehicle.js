// What a vehicle does, told from its last word: {location: {lat, lng, speed (m/s), heading, timestamp} or null, state}.

export const STATES = ["driving", "charging", "parked", "silent", "unknown"];
const SILENT_AFTER_MS = 10 * 60_000;
const MOVING = 1; // m/s

const language = document.documentElement.lang || "en";
const number = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const ago = new Intl.RelativeTimeFormat(language, { style: "short", numeric: "auto" });

export function stateOf({ location, state }, now = Date.now()) {
  if (!location) return "unknown";
  if (now - Date.parse(location.timestamp) > SILENT_AFTER_MS) return "silent";
  if (state.chargingState === "Charging") return "charging";
  return location.speed >= MOVING ? "driving" : "parked";
}

/** What is worth a glance, as short texts. */
export function factsOf({ location, state }, doing, now = Date.now()) {
  const facts = [];
  if (doing === "driving") facts.push(`${number.format(location.speed * 3.6)} km/h`);
  if (Number.isFinite(state.batteryLevel)) facts.push(`${number.format(state.batteryLevel)} %`);
  if (Number.isFinite(state.batteryRange)) facts.push(`${number.format(state.batteryRange / 1000)} km`);
  if (location) facts.push(age((now - Date.parse(location.timestamp)) / 1000));
  return facts;
}

function age(seconds) {
  if (seconds < 45) return ago.format(0, "second");
  if (seconds < 3_600) return ago.format(-Math.round(seconds / 60), "minute");
  if (seconds < 86_400) return ago.format(-Math.round(seconds / 3_600), "hour");
  return ago.format(-Math.round(seconds / 86_400), "day");
}
