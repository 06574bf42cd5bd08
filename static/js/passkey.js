// Says on the page that no passkey was used, where django-allauth would only write to the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const note of document.querySelectorAll("[data-passkey-note]")) note.hidden = false;
});
