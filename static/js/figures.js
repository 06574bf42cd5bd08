// A slider beside the day: it moves the date, and asks for the day when it is let go.
(() => {
  const date = document.getElementById("as-of");
  const frame = document.querySelector(".as-of-slide");
  if (!date || !frame) return;
  const slide = frame.querySelector("input");
  const aDay = 86400000;
  const first = Date.parse(date.min);
  const day = (number) => new Date(first + number * aDay).toISOString().slice(0, 10);
  slide.min = 0;
  slide.max = Math.round((Date.parse(date.max) - first) / aDay);
  slide.value = Math.round((Date.parse(date.value) - first) / aDay);
  const say = () => slide.setAttribute("aria-valuetext", date.value);
  say();
  slide.addEventListener("input", () => {
    date.value = day(Number(slide.value));
    say();
  });
  slide.addEventListener("change", () => date.form.requestSubmit());
  frame.hidden = false;
})();
