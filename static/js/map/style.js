// The MapLibre style of the synthetic demo city. Labels need no glyph server: without a `glyphs` URL MapLibre draws
// them with the page's own fonts.

import { PALETTES } from "./palette.js";

const SOURCE = "city";
const SANS = ["Inter"];
const SANS_STRONG = ["Inter Semibold"];
const SERIF_ITALIC = ["Fraunces Italic"];

const byZoom = (...stops) => ["interpolate", ["exponential", 1.6], ["zoom"], ...stops];
const inLayer = (name) => ["==", ["get", "layer"], name];
const ofClass = (layer, name) => ["all", inLayer(layer), ["==", ["get", "class"], name]];

// Widths in pixels at zooms 9, 12, 15 and 18; the casing is wider by `casing` on each side, from zoom `cased` on.
const STREETS = {
  local: { widths: [0, 0.35, 3.2, 17], casing: 1, cased: 13, minzoom: 11.2 },
  secondary: { widths: [0.2, 0.9, 5, 22], casing: 1.2, cased: 12, minzoom: 10 },
  primary: { widths: [0.5, 1.7, 7.5, 28], casing: 1.5, cased: 10, minzoom: 0 },
  motorway: { widths: [1, 2.6, 9, 32], casing: 1.8, cased: 10, minzoom: 0 },
};

function width({ widths }, more = 0) {
  const [far, middle, near, close] = widths;
  return byZoom(9, far + more * 0.3, 12, middle + more * 0.7, 15, near + more, 18, close + more * 1.6);
}

function fill(id, colour, extra = {}) {
  return { id, type: "fill", source: SOURCE, filter: inLayer(id), paint: { "fill-color": colour }, ...extra };
}

function line(id, filter, colour, lineWidth, extra = {}) {
  return {
    id, type: "line", source: SOURCE, filter,
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": colour, "line-width": lineWidth },
    ...extra,
  };
}

function ground(c) {
  return [
    { id: "background", type: "background", paint: { "background-color": c.land } },
    { ...fill("green", c.park), filter: ["all", inLayer("park")] },
    fill("water", c.water, { paint: { "fill-color": c.water, "fill-outline-color": c.waterEdge } }),
    fill("land", c.land),
    { ...fill("island", c.park), filter: ["all", inLayer("park"), ["==", ["get", "island"], true]] },
    fill("airfield", c.airfield),
    fill("apron", c.apron),
    line("taxiway", inLayer("taxiway"), c.taxiway, byZoom(11, 0.5, 14, 4, 17, 26)),
    fill("runway", c.runway),
  ];
}

function streets(c) {
  const names = Object.keys(STREETS);
  const casings = names.map((name) =>
    line(`street-${name}-casing`, ofClass("street", name), name === "motorway" ? c.motorwayCasing : c.casing,
      width(STREETS[name], STREETS[name].casing * 2), { minzoom: Math.max(STREETS[name].minzoom, STREETS[name].cased) }));
  const fills = names.map((name) =>
    line(`street-${name}`, ofClass("street", name), c[name], width(STREETS[name]), { minzoom: STREETS[name].minzoom }));
  const bridges = ["primary", "motorway"].flatMap((name) => [
    line(`bridge-${name}-casing`, ofClass("bridge", name), c.bridgeCasing, width(STREETS[name], 4),
      { layout: { "line-cap": "butt", "line-join": "round" } }),
    line(`bridge-${name}`, ofClass("bridge", name), c[name], width(STREETS[name])),
  ]);
  // All casings but the motorways' lie under all fills, so that streets open into each other.
  return [...casings.slice(0, 3), ...fills.slice(0, 3), casings[3], fills[3], ...bridges];
}

function buildings(c) {
  return [
    {
      id: "building", type: "fill-extrusion", source: SOURCE, filter: inLayer("building"), minzoom: 13.2,
      paint: {
        "fill-extrusion-color": c.building,
        "fill-extrusion-height": ["interpolate", ["linear"], ["zoom"], 13.2, 0, 14.6, ["get", "height"]],
        "fill-extrusion-opacity": ["interpolate", ["linear"], ["zoom"], 13.2, 0, 13.8, 0.86],
        "fill-extrusion-vertical-gradient": true,
      },
    },
  ];
}

function label(id, filter, colour, layout, c, extra = {}) {
  return {
    id, type: "symbol", source: SOURCE, filter,
    layout: { "text-field": ["get", "name"], "text-font": SANS, "text-max-width": 8, ...layout },
    paint: { "text-color": colour, "text-halo-color": c.halo, "text-halo-width": 1.4 },
    ...extra,
  };
}

const kind = (name) => ["all", inLayer("label"), ["==", ["get", "kind"], name]];

function streetLabel(name, minzoom, sizes, c) {
  return label(`label-${name}`, ofClass("street", name), c.textSoft,
    { "symbol-placement": "line", "text-size": byZoom(12, sizes[0], 16, sizes[1]), "symbol-spacing": 420, "text-padding": 8 },
    c, { minzoom });
}

function labels(c) {
  return [
    streetLabel("local", 14.6, [9, 11.5], c),
    streetLabel("secondary", 13.6, [9.5, 12], c),
    streetLabel("primary", 12.4, [10, 12.5], c),
    streetLabel("motorway", 11.4, [10, 13], c),
    label("label-park", kind("park"), c.textPark, { "text-size": byZoom(11, 10, 15, 13) }, c, { minzoom: 11 }),
    {
      id: "place-dot", type: "circle", source: SOURCE, filter: inLayer("place"), minzoom: 13,
      paint: {
        "circle-radius": byZoom(13, 2.5, 16, 4.5), "circle-color": c.route,
        "circle-stroke-color": c.halo, "circle-stroke-width": 1.5,
      },
    },
    label("label-place", inLayer("place"), c.text,
      { "text-size": byZoom(13, 10.5, 16, 13), "text-anchor": "top", "text-offset": [0, 0.6], "text-optional": true },
      c, { minzoom: 13.4 }),
    label("label-river", kind("river"), c.textWater,
      { "symbol-placement": "line", "text-font": SERIF_ITALIC, "text-size": byZoom(10, 12, 15, 18), "text-letter-spacing": 0.12,
        "symbol-spacing": 500 }, { halo: c.water }),
    label("label-water", kind("water"), c.textWater,
      { "text-font": SERIF_ITALIC, "text-size": byZoom(9, 13, 14, 22), "text-letter-spacing": 0.15 }, { halo: c.water }),
    label("label-airport", ["all", inLayer("place"), ["==", ["get", "kind"], "airport"]], c.text,
      { "text-font": SANS_STRONG, "text-size": byZoom(10, 11, 14, 14), "text-anchor": "bottom", "text-offset": [0, -0.8] },
      c, { maxzoom: 13.4, minzoom: 10 }),
    label("label-district", kind("district"), c.text,
      { "text-font": SANS_STRONG, "text-size": byZoom(10, 10, 14, 14), "text-letter-spacing": 0.06,
        "symbol-sort-key": ["get", "rank"], "text-padding": 14 },
      c, { minzoom: 9.6, maxzoom: 15.2 }),
  ];
}

/** The whole style. `theme` is "light" or "dark"; `cityUrl` the address of demo-city.geojson. */
export function buildStyle({ theme, cityUrl }) {
  const c = PALETTES[theme];
  return {
    version: 8,
    name: `Synthetic demo city (${theme})`,
    sources: {
      [SOURCE]: {
        type: "geojson",
        data: new URL(cityUrl, document.baseURI).href,
        attribution: "Synthetic demo city",
        tolerance: 0.3,
        maxzoom: 15,
      },
    },
    light: { anchor: "viewport", color: "#ffffff", intensity: theme === "dark" ? 0.12 : 0.22 },
    layers: [...ground(c), ...streets(c), ...buildings(c), ...labels(c)],
  };
}

/** [[west, south], [east, north]] of the demo city. */
export const CITY_BOUNDS = [[-74.05, 40.58], [-73.74, 40.85]];
