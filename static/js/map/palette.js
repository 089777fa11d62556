// Colours of the demo city: the pages' paper and ink, seen from above.

export const PALETTES = {
  light: {
    land: "#ede7da", water: "#bcd3d9", waterEdge: "#a5c2ca", park: "#d3debf", airfield: "#e5e0d4", apron: "#d9d3c5",
    runway: "#b9b3a6", taxiway: "#cfc8b9", building: "#e0d6c4", buildingEdge: "#d0c4ae",
    casing: "#d8cfbd", local: "#fdfbf6", secondary: "#ffffff", primary: "#ffffff", motorway: "#edcf95",
    motorwayCasing: "#cfa759", bridgeCasing: "#94a5a4", route: "#8f6b2a", routeDone: "#b7a98d", routeCasing: "#fffdf8",
    text: "#4b453a", textSoft: "#7b7363", textWater: "#4f7782", textPark: "#5f7550", halo: "#f4efe5",
  },
  dark: {
    land: "#1b1a17", water: "#10202a", waterEdge: "#18303c", park: "#1d2a1e", airfield: "#23211d", apron: "#2b2823",
    runway: "#3d3931", taxiway: "#332f29", building: "#2a2721", buildingEdge: "#38342c",
    casing: "#131210", local: "#35312a", secondary: "#413c34", primary: "#524b41", motorway: "#6b5732",
    motorwayCasing: "#2a2215", bridgeCasing: "#4d5c60", route: "#d9b36c", routeDone: "#6f6450", routeCasing: "#14120e",
    text: "#cfc6b5", textSoft: "#968d7c", textWater: "#6d9aab", textPark: "#829c74", halo: "#161512",
  },
};
