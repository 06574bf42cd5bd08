// The review card: an answer that needs a note asks for it before it is sent, and nothing is sent twice.
(() => {
  const form = document.querySelector("[data-review]");
  if (!form) return;
  const note = form.elements.note;
  const wanted = form.querySelector("[data-note-wanted]");
  const fewest = Number(form.dataset.fewest);
  let chosen = null;

  const choose = (button) => {
    if (chosen) chosen.removeAttribute("data-chosen");
    chosen = button;
    if (button) button.setAttribute("data-chosen", "");
  };
  const isShort = () => note.value.trim().length < fewest;

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (form.dataset.sent) {
      event.preventDefault();
    } else if (button && button.matches("[data-needs-note]") && isShort()) {
      event.preventDefault();
      choose(button);
      wanted.textContent = "Say why in a sentence. Then press the button again, or Ctrl and Enter.";
      wanted.hidden = false;
      note.focus();
    } else {
      form.dataset.sent = "yes";
    }
  });
  note.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && chosen) {
      event.preventDefault();
      form.requestSubmit(chosen);
    } else if (event.key === "Escape") {
      note.blur();
    }
  });
  note.addEventListener("input", () => { if (!isShort()) wanted.hidden = true; });
  // A page that comes back from the browser's memory may be answered again.
  addEventListener("pageshow", () => { delete form.dataset.sent; });
})();
