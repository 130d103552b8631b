// Search over the manual's passages: on Enter or the button, for each search is one look-up on the server.
element.addEventListener("submit", async (event) => {
  event.preventDefault();
  const told = element.querySelector(".count");
  told.textContent = "Looking it up …";
  let reply;
  try {
    reply = await server.search(element.querySelector("input[type=search]").value);
  } catch {
    // said below
  }
  if (reply?.found === undefined) {
    told.textContent = reply?.error || "The assistant cannot be reached just now: try again in a minute.";
    return;
  }
  const list = element.querySelector(".passages");
  list.innerHTML = reply.found; // of our own template, escaped there
  told.textContent = list.children.length ? `${list.children.length} passages, nearest first` : "Nothing found";
});
