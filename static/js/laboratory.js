// Line numbers and marks beside the policy's text. The page works without it: the marks name their lines.
(() => {
  const editor = document.querySelector("[data-editor]");
  if (!editor) return;
  const gutter = editor.querySelector(".editor-gutter");
  const text = editor.querySelector("textarea");
  const results = document.getElementById("results");

  const draw = () => {
    const count = text.value.split("\n").length;
    const tones = new Map([...results.querySelectorAll("[data-line]")].map((mark) => [mark.dataset.line, mark.dataset.tone]));
    gutter.replaceChildren(...Array.from({ length: count }, (_, index) => {
      const line = document.createElement("span");
      line.textContent = String(index + 1);
      const tone = tones.get(line.textContent);
      if (tone) line.dataset.tone = tone;
      return line;
    }));
    gutter.scrollTop = text.scrollTop;
  };

  // What was typed into an answer while the verdict was on its way stays, and is asked about next.
  const answers = () => [...results.querySelectorAll("input[name]")];
  const stateOf = (input) => (input.type === "checkbox" ? input.checked : input.value);
  let typed = new Map();
  const remember = () => { typed = new Map(answers().map((input) => [input.name, stateOf(input)])); };
  const restore = () => {
    const changed = answers().filter((input) => typed.has(input.name) && typed.get(input.name) !== stateOf(input));
    for (const input of changed) input[input.type === "checkbox" ? "checked" : "value"] = typed.get(input.name);
    typed = new Map();
    if (changed.length) changed[0].dispatchEvent(new Event("change", { bubbles: true }));
  };

  const goToLine = (number) => {
    const lines = text.value.split("\n");
    const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
    text.scrollTop = Math.max(0, (number - 6) * parseFloat(getComputedStyle(text).lineHeight));
  };

  gutter.classList.add("is-drawn");
  text.addEventListener("input", draw);
  text.addEventListener("scroll", () => { gutter.scrollTop = text.scrollTop; });
  new ResizeObserver(() => { gutter.style.height = `${text.offsetHeight}px`; }).observe(text);
  document.body.addEventListener("htmx:beforeSwap", remember);
  document.body.addEventListener("htmx:afterSwap", () => { restore(); draw(); });
  gutter.addEventListener("click", (event) => {
    const mark = event.target.dataset.tone && document.getElementById(`mark-${event.target.textContent}`);
    if (mark) mark.scrollIntoView({ block: "center" });
  });
  results.addEventListener("click", (event) => {
    const button = event.target.closest("[data-go-line]");
    if (button) goToLine(Number(button.dataset.goLine));
  });
  draw();
})();
