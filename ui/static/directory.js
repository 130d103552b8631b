// Search as you type: rows whose text holds every word that was typed, those named so first.
const inOrder = new WeakMap();

element.addEventListener("input", (event) => {
  if (!event.target.matches("input[type=search]")) return;
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  const holds = (text) => words.every((word) => text.includes(word));
  let shown = 0;
  for (const section of element.querySelectorAll(".rows")) {
    if (!inOrder.has(section)) inOrder.set(section, [...section.querySelectorAll(".row")]);
    const rows = inOrder.get(section);
    for (const row of rows) row.hidden = !holds(row.dataset.text);
    const found = rows.filter((row) => !row.hidden);
    const named = found.filter((row) => holds(row.querySelector("summary").textContent.toLowerCase()));
    section.append(...named, ...rows.filter((row) => !named.includes(row)));
    section.hidden = !found.length;
    section.querySelector("h2 .n").textContent = found.length;
    shown += found.length;
  }
  element.querySelector(".count").textContent = words.length ? (shown ? `${shown} found` : "Nothing found") : "";
});
