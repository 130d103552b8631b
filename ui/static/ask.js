// The chat: questions in, cards out. The conversation lives in this tab (sessionStorage), and as questions alone in a list
// of this browser (localStorage) that can be cleared; nowhere else.
// Gradio hands in `element` (the component's root) and `server` (the functions of ui/desk.py).

const KEEP = "whodoiask.turns";
const EARLIER = "whodoiask.conversations";
const MOST_EARLIER = 30;
const GIVES = { start: "masthead", ask: "cards", show: "cards", rate: "thanks" };
const LIMIT = 2000;
const WARN_FROM = 1600;
const $ = (selector) => element.querySelector(selector);
const talk = $(".talk");
const box = $("textarea");
const form = $(".composer");
let turns = recalled(() => sessionStorage, KEEP);
let begun = recalled(() => sessionStorage, "whodoiask.begun")[0] || new Date().toISOString();
let busy = false;

// A browser without storage only forgets: even to touch it may be refused.
function recalled(storage, key) {
  try {
    const kept = JSON.parse(storage().getItem(key) || "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function store(storage, key, list) {
  try {
    storage().setItem(key, JSON.stringify(list));
  } catch {
    // as above
  }
}

function keep() {
  store(() => sessionStorage, KEEP, turns);
  store(() => sessionStorage, "whodoiask.begun", [begun]);
  const others = earlier().filter((one) => one.begun !== begun);
  const now = turns.length ? [{ begun, turns }] : [];
  store(() => localStorage, EARLIER, [...now, ...others].slice(0, MOST_EARLIER));
}

// What another version, or a person, may have put there is passed over.
function earlier() {
  return recalled(() => localStorage, EARLIER).filter(
    (one) => typeof one?.begun === "string" && Array.isArray(one.turns) && typeof one.turns[0]?.question === "string",
  );
}

function say(text) {
  $("[role=status].unseen").textContent = text;
}

function trouble(text) {
  const line = $(".trouble");
  line.textContent = text;
  const { top, bottom } = line.getBoundingClientRect();
  if (text && (top < 0 || bottom > innerHeight)) line.scrollIntoView({ block: "center" });
}

function draw() {
  const any = turns.length > 0;
  element.querySelectorAll("[data-welcome]").forEach((one) => (one.hidden = any));
  $("h1").classList.toggle("unseen", any);
  if (!any) drawEarlier();
  $("[data-new]").hidden = !any;
  $("[data-edit]").hidden = !any;
}

function drawEarlier() {
  const list = earlier();
  $(".earlier").hidden = !list.length;
  $(".earlier ul").replaceChildren(
    ...list.map((one, n) => {
      const item = document.createElement("li");
      const more = one.turns.length - 1;
      const button = made("button", "link", one.turns[0].question);
      button.dataset.earlier = n;
      item.append(button, made("span", "when", `${more ? `and ${more} more, ` : ""}${day(one.begun)}`));
      return item;
    }),
  );
}

function day(iso) {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? "" : at.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

function made(tag, className, textContent) {
  const one = Object.assign(document.createElement(tag), { className, textContent });
  if (tag === "button") one.type = "button";
  return one;
}

function count() {
  const length = [...box.value].length;
  const over = length > LIMIT;
  $("#counter").textContent =
    length < WARN_FROM ? "" : `${length.toLocaleString("en-GB")} of ${LIMIT.toLocaleString("en-GB")} characters`;
  $("#counter").classList.toggle("over", over);
  box.setAttribute("aria-invalid", String(over));
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

// One call to the server. What it cannot do comes back as a sentence; nothing typed is lost.
async function call(name, data) {
  busy = true;
  trouble("");
  const slow = setTimeout(() => ($(".busy").hidden = false), 300);
  try {
    const reply = await server[name](data);
    if (typeof reply?.error === "string") {
      trouble(reply.error);
      return null;
    }
    // Gradio itself swallows what goes wrong on the way, and gives nothing, or a reply without what was asked for.
    if (reply?.[GIVES[name]] === undefined) throw new Error(name);
    return reply;
  } catch {
    trouble("The assistant cannot be reached just now. What you typed is kept: try again in a minute, and if that goes on, tell whoever runs this page.");
    return null;
  } finally {
    clearTimeout(slow);
    $(".busy").hidden = true;
    busy = false;
  }
}

function place(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
}

async function ask(question) {
  if (busy) return;
  if (!question.trim()) {
    trouble("There is no question yet: say what you need, or whom you are looking for.");
    box.focus();
    return;
  }
  if ([...question].length > LIMIT) {
    trouble(`The question has ${[...question].length.toLocaleString("en-GB")} characters and the limit is ${LIMIT.toLocaleString("en-GB")}: shorten it.`);
    return;
  }
  const asked = turns;
  const chip = document.activeElement?.closest(".chip");
  const reply = await call("ask", [...asked, { question, tried: [] }]);
  if (!reply || turns !== asked) return; // meanwhile a new conversation was begun
  turns.push({ question, tried: [] });
  if (box.value === question) box.value = "";
  const card = place(reply.cards[0]);
  talk.querySelectorAll(".chips").forEach((chips) => chips.remove());
  talk.append(card);
  keep();
  draw();
  count();
  say(card.dataset.said);
  card.scrollIntoView({ block: "start", behavior: calm() });
  // The chip that was pressed is gone: whoever uses the keyboard goes on from the answer.
  if (chip) card.querySelector("h2").focus({ preventScroll: true });
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}

function openSources(card) {
  return [...card.querySelectorAll("details[open]")].map((one) => one.id);
}

// The card of turn `n` again, with another set of rungs tried: what was open stays open, focus goes to the next rung.
async function tried(card, change) {
  if (busy) return;
  const n = [...talk.children].indexOf(card);
  const turn = { ...turns[n], tried: change(turns[n].tried || []) };
  const reply = await call("show", { turns: [...turns.slice(0, n), turn] });
  if (!reply || !card.isConnected) return;
  turns[n] = turn;
  keep();
  const fresh = place(reply.cards[0]);
  fresh.querySelectorAll("details").forEach((one) => (one.open = openSources(card).includes(one.id)));
  if (n < turns.length - 1) fresh.querySelectorAll(".chips").forEach((chips) => chips.remove());
  card.querySelectorAll(".steps input").forEach((box, i) => {
    const same = fresh.querySelectorAll(".steps input")[i];
    if (same) same.checked = box.checked;
  });
  const rating = card.querySelector(".rate");
  if (rating) fresh.querySelector(".rate")?.replaceWith(rating); // given, or with words typed into it
  card.replaceWith(fresh);
  say(fresh.dataset.said);
  (fresh.querySelector(".ladder .now button") || fresh.querySelector("[data-untry]"))?.focus();
}

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copiedByHand(text)) {
      trouble("Copying is not allowed here: mark the text and copy it by hand.");
      return;
    }
  }
  const label = button.dataset.label || button.textContent;
  button.dataset.label = label; // who clicks twice gets it back all the same
  button.textContent = "Copied";
  say("Copied.");
  setTimeout(() => (button.textContent = label), 2000);
}

// Over plain http from another machine browsers give no clipboard: the old way still works there.
function copiedByHand(text) {
  const before = document.activeElement;
  const holder = document.createElement("textarea");
  holder.value = text;
  document.body.append(holder);
  holder.select();
  const done = document.execCommand("copy");
  holder.remove();
  before?.focus({ preventScroll: true });
  return done;
}

// The page's address with the questions of a conversation up to this card: whoever opens it sees the same answer.
function linkTo(card) {
  const n = [...talk.children].indexOf(card);
  const continued = card.dataset.continues ? turns.slice(0, n + 1) : [turns[n]];
  const asked = new URLSearchParams(continued.map(({ question }) => ["q", question]));
  return `${location.origin}${location.pathname}?${asked}`;
}

async function rate(card, helpful, reason) {
  if (busy) return; // who clicks twice is counted once
  const n = [...talk.children].indexOf(card);
  const reply = await call("rate", { turns: turns.slice(0, n + 1), helpful, reason });
  if (!reply) return;
  const row = card.querySelector(".rate");
  row.querySelectorAll("button, form, #" + CSS.escape(row.getAttribute("aria-labelledby"))).forEach((one) => one.remove());
  row.querySelector(".thanks").textContent = reply.thanks;
  say(reply.thanks);
  box.focus();
}

function open(reference) {
  const source = element.querySelector(reference.getAttribute("href"));
  if (!source) return;
  const folded = source.closest("details");
  if (folded) folded.open = true;
  (folded ? folded.querySelector("summary") : source.closest("figure")).focus();
}

function begin() {
  turns = [];
  begun = new Date().toISOString();
  keep();
  talk.replaceChildren();
  trouble("");
  draw();
  box.focus();
  say("A new conversation.");
}

// A conversation as it was, or one that a link holds: its answers come from the manual as it is now, and nothing is noted.
async function resume(others, since) {
  const reply = await call("show", { turns: others, all: true });
  if (!reply) return;
  [turns, begun] = [others, since];
  talk.replaceChildren(...reply.cards.map(place));
  keep();
  draw();
  talk.lastElementChild.scrollIntoView({ block: "start" });
  // What was pressed for it is hidden now: without this the keyboard would begin at the top of the page.
  talk.lastElementChild.querySelector("h2").focus({ preventScroll: true });
  say(talk.lastElementChild.dataset.said);
}

function forget() {
  store(() => localStorage, EARLIER, []);
  draw();
  box.focus();
  say("The list is cleared.");
}

// The last question goes back into the field, and its card away: it is asked anew.
function edit() {
  const last = turns.at(-1);
  turns = turns.slice(0, -1);
  talk.lastElementChild?.remove();
  keep();
  draw();
  box.value = last.question;
  count();
  box.focus();
}

element.addEventListener("click", (event) => {
  const one = event.target.closest("button, a.ref");
  if (!one) return;
  const card = one.closest(".turn");
  const data = one.dataset;
  if (one.matches("a.ref")) {
    event.preventDefault();
    open(one);
  } else if ("copy" in data) copy(one, data.copy);
  else if ("link" in data) copy(one, linkTo(card));
  else if ("ask" in data) ask(data.ask);
  else if ("new" in data) begin();
  else if ("earlier" in data) {
    const one = earlier()[Number(data.earlier)];
    if (one) resume(one.turns, one.begun);
  } else if ("forget" in data) forget();
  else if ("edit" in data) edit();
  else if ("tried" in data) tried(card, (already) => [...already, data.tried]);
  else if ("untry" in data) tried(card, (already) => already.filter((who) => who !== data.untry));
  else if (data.rate === "yes") rate(card, true, "");
  else if (data.rate === "no") {
    const why = card.querySelector(".whynot");
    why.hidden = !why.hidden;
    one.setAttribute("aria-expanded", String(!why.hidden));
    if (!why.hidden) why.querySelector("input").focus();
  }
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  const why = event.target.closest(".whynot");
  if (why) {
    const told = new FormData(why);
    rate(why.closest(".turn"), false, [told.get("reason"), told.get("words").trim()].filter(Boolean).join(": "));
  }
  else ask(box.value);
});

box.addEventListener("input", count);
box.addEventListener("keydown", (event) => {
  const last = turns.at(-1) || earlier()[0]?.turns.at(-1);
  if (event.key === "ArrowUp" && !box.value && last) {
    event.preventDefault();
    box.value = last.question;
    count();
    return;
  }
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

async function start() {
  draw();
  const ready = await call("start", null);
  if (ready) {
    document.querySelector(".masthead").innerHTML = ready.masthead; // of our own template, escaped there
    $(".examples").innerHTML = ready.examples;
  }
  const linked = new URLSearchParams(location.search).getAll("q").filter((question) => question.trim());
  if (linked.length) {
    // Taken out of the address: a reload shows the conversation as it has gone on.
    history.replaceState(null, "", location.pathname);
    [turns, begun] = [[], new Date().toISOString()];
    await resume(linked.map((question) => ({ question, tried: [] })), begun);
    if (!turns.length) box.value = linked.at(-1);
    count();
  } else if (turns.length) {
    const kept = turns;
    turns = [];
    await resume(kept, begun);
    draw();
  }
  box.focus({ preventScroll: true });
}

start();
