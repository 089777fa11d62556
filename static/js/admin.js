// The frame of the back office: the navigation on a phone, finding a table in it, menus that close.
(() => {
  const body = document.body;
  const toggle = document.querySelector("[data-nav-toggle]");
  const nav = document.getElementById("nav-sidebar");
  const shade = document.querySelector("[data-nav-shade]");

  function show(open) {
    body.classList.toggle("nav-open", open);
    toggle.setAttribute("aria-expanded", String(open));
    shade.hidden = !open;
    if (open) nav.querySelector("a, input")?.focus();
    else if (nav.contains(document.activeElement)) toggle.focus();
  }

  if (toggle && nav && shade) {
    toggle.addEventListener("click", () => show(!body.classList.contains("nav-open")));
    shade.addEventListener("click", () => show(false));
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (body.classList.contains("nav-open")) show(false);
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  const filter = document.querySelector("[data-nav-filter]");
  filter?.addEventListener("input", () => {
    const wanted = filter.value.trim().toLocaleLowerCase();
    let any = false;
    for (const group of nav.querySelectorAll("[data-nav-group]")) {
      let shown = 0;
      for (const item of group.querySelectorAll("[data-nav-item]")) {
        item.hidden = !item.textContent.toLocaleLowerCase().includes(wanted);
        shown += !item.hidden;
      }
      group.hidden = !shown;
      any ||= shown > 0;
    }
    nav.querySelector("[data-nav-none]").hidden = any;
  });
  filter?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    nav.querySelector("[data-nav-item]:not([hidden]) a")?.click();
  });

  // On a phone the filters are out of the way until they are wanted.
  if (matchMedia("(max-width: 40rem)").matches) {
    for (const each of document.querySelectorAll("#changelist-filter details")) each.open = false;
  }

  nav?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
})();
