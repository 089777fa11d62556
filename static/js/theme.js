// Light or dark: what the visitor chose here, else what their profile says, else what the system says.
// A classic script in <head>, so that the page is never painted in the wrong colours first.
(() => {
  const KEY = "atlas-theme";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage is blocked: the choice lasts for this page
    }
  }

  function apply(theme) {
    if (root.dataset.bsTheme === theme) return;
    root.dataset.bsTheme = theme;
    document.dispatchEvent(new CustomEvent("atlas:theme", { detail: { theme } }));
  }

  const preferred = () => chosen() || root.dataset.themePreference || (system.matches ? "dark" : "light");

  apply(preferred());
  system.addEventListener("change", () => apply(preferred()));
  addEventListener("storage", (event) => event.key === KEY && apply(preferred()));
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-toggle]")) return;
    const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // see chosen()
    }
    apply(theme);
  });
})();
