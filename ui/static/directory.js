// Search as you type: rows whose text holds every word that was typed, those named so first. Letters jump.
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
    const named = words.length ? found.filter((row) => holds(row.querySelector("summary").textContent.toLowerCase())) : found;
    section.append(...named, ...rows.filter((row) => !named.includes(row)));
    section.hidden = !found.length;
    section.querySelector("h2 .n").textContent = found.length;
    const letters = section.querySelector(".letters");
    if (letters) letters.hidden = words.length > 0; // few are left, and not in the order of the alphabet
    shown += found.length;
  }
  element.querySelector(".count").textContent = words.length ? (shown ? `${shown} found` : "Nothing found") : "";
});

element.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("letter" in button.dataset) {
    const row = [...button.closest(".rows").querySelectorAll(".row")].find((one) => one.dataset.first === button.dataset.letter);
    row.scrollIntoView({ block: "start" });
    row.querySelector("summary").focus({ preventScroll: true });
  } else if ("copy" in button.dataset) {
    await navigator.clipboard?.writeText(button.dataset.copy);
    button.textContent = "Copied";
    element.querySelector(".count").textContent = "Copied.";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  }
});
