// Sets light or dark before the first paint: the person's choice, else what the system prefers.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    root.dataset.bsTheme = localStorage.getItem("theme") || (system.matches ? "dark" : "light");
  };
  root.classList.remove("no-js");
  apply();
  system.addEventListener("change", apply);
})();
