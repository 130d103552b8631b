// Search as you type: rows whose text holds every word that was typed.
element.addEventListener("input", (event) => {
  if (!event.target.matches("input[type=search]")) return;
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const section of element.querySelectorAll(".rows")) {
    let any = 0;
    for (const row of section.querySelectorAll(".row")) {
      row.hidden = !words.every((word) => row.dataset.text.includes(word));
      any += !row.hidden;
    }
    section.hidden = !any;
    section.querySelector("h2 .n").textContent = any;
    shown += any;
  }
  element.querySelector(".count").textContent = words.length ? (shown ? `${shown} found` : "Nothing found") : "";
});
