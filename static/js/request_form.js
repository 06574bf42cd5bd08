// A last day at one press. Without this script the button sends the form, and the page comes back with the day filled in.
(() => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-until]");
    if (!button) return;
    event.preventDefault();
    const day = document.getElementById("id_ends_on");
    day.value = button.value;
    day.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
