// One way to make a map, for every page: the operator's own style when MAP_STYLE_URL is set, else the demo city.

import * as maplibregl from "../../vendor/maplibre-gl/maplibre-gl.mjs";
import { CITY_BOUNDS, buildStyle } from "./style.js";

maplibregl.setWorkerUrl(new URL("../../vendor/maplibre-gl/maplibre-gl-worker.mjs", import.meta.url).href);

export { maplibregl };

export function supportsMaps() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

export const currentTheme = () => (document.documentElement.dataset.bsTheme === "dark" ? "dark" : "light");

/**
 * A map in `container`. `overlays(map, theme)` is called whenever a style has come (also after a change of theme, which
 * brings a new one) to add the page's own sources and layers on top.
 */
export function createMap(container, { styleUrl = "", cityUrl, overlays = () => {}, ...options }) {
  const style = () => styleUrl || buildStyle({ theme: currentTheme(), cityUrl });
  const map = new maplibregl.Map({
    container,
    style: style(),
    ...(styleUrl ? {} : { maxBounds: padded(CITY_BOUNDS), minZoom: 9.5 }),
    maxZoom: 18,
    maxPitch: 60,
    attributionControl: { compact: false },
    cooperativeGestures: matchMedia("(pointer: coarse)").matches,
    ...options,
  });
  map.addControl(new maplibregl.NavigationControl({ visualizePitch: true }), "top-right");
  map.on("style.load", () => overlays(map, currentTheme()));
  if (!styleUrl) {
    const restyle = () => map.setStyle(style(), { diff: false });
    document.addEventListener("atlas:theme", restyle);
    map.on("remove", () => document.removeEventListener("atlas:theme", restyle));
  }
  return map;
}

// Room beyond the city's rim so that a route along it can be centred; the ground goes on a little there.
function padded([[west, south], [east, north]]) {
  return [[west - 0.01, south - 0.01], [east + 0.01, north + 0.01]];
}
