// Keyboard, copy buttons, theme toggle. Everything here is a convenience: each page works without it.
(() => {
  const isTyping = (element) => element.closest("input, select, textarea, [contenteditable]") !== null;
  const search = () => document.getElementById("search");
  // A key that was meant for the page before presses nothing on this one, in milliseconds.
  const unread = 600;
  let isGoing = false;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      document.querySelectorAll("details[data-menu][open]").forEach((each) => {
        if (each.contains(event.target)) each.querySelector("summary").focus();
        each.open = false;
      });
      if (event.target === search()) search().blur();
    }
    if (isTyping(event.target)) return;
    if (isGoing) {
      isGoing = false;
      const place = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (place) location.assign(place.href);
    } else if (event.key === "/" && search()) {
      event.preventDefault();
      search().focus();
      search().select();
    } else if (event.key === "?") {
      document.getElementById("keys").showModal();
    } else if (event.key === "g") {
      isGoing = true;
      setTimeout(() => { isGoing = false; }, 3000);
    } else if (!event.repeat && !document.querySelector("dialog[open]") && performance.now() > unread) {
      const named = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (!named) return;
      event.preventDefault();
      named.click();
    }
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    document.querySelectorAll("details[data-menu][open]").forEach((each) => {
      if (!each.contains(event.target)) each.open = false;
    });
    if (!button) return;
    if (button.matches("[data-theme-toggle]")) {
      const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
      localStorage.setItem("theme", next);
      document.documentElement.dataset.bsTheme = next;
    } else if (button.matches("[data-keys]")) {
      document.getElementById("keys").showModal();
    } else if (button.matches("[data-copy]")) {
      const text = document.getElementById(button.dataset.copy).textContent;
      const label = button.querySelector(".copy-word");
      try {
        await navigator.clipboard.writeText(text);
        label.textContent = "Copied";
      } catch {
        label.textContent = "Select and copy by hand";
      }
      setTimeout(() => { label.textContent = "Copy"; }, 2000);
    }
  });

  // One box for all boxes of a page, which may come and go with the filter.
  document.addEventListener("change", (event) => {
    const form = event.target.dataset && event.target.dataset.chooseAll;
    if (!form) return;
    document.querySelectorAll(`input[type=checkbox][form="${CSS.escape(form)}"]`).forEach((box) => {
      box.checked = event.target.checked;
    });
  });

  // The filters may have changed since the page came.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-keep-query]")) event.target.elements.query.value = location.search.slice(1);
    if (event.target.matches(".choose-tools")) event.target.elements.back.value = location.search.slice(1);
  });

  // What a phone keeps folded lies open where there is room.
  if (matchMedia("(min-width: 801px)").matches) {
    document.querySelectorAll("details[data-open-wide]").forEach((each) => { each.open = true; });
  }

  // Filters answer as one types; the button is there for when this script is not.
  document.querySelectorAll("form[data-live] button[type=submit]").forEach((button) => { button.hidden = true; });
})();
