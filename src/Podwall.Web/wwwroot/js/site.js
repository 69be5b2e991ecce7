// Everything on a page that needs no engine, and the waking of the engine where something does.
const root = document.documentElement;

function announce(button, text) {
  const before = button.textContent;
  button.textContent = text;
  button.setAttribute("data-done", "");
  setTimeout(() => { button.textContent = before; button.removeAttribute("data-done"); }, 1500);
  // The button has a name of its own, so that nobody would hear its text.
  said.textContent = "";
  said.textContent = text;
}

const said = document.body.appendChild(element("div", "unseen", ""));
said.role = "status";

const textOf = file => [...file.querySelectorAll(".line")].map(l => l.textContent).join("");

function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    announce(button, "Copied");
  } catch {
    announce(button, "Not allowed");
  }
}

// An arrow and its line in the list are one: choosing either shows both.
function choose(figure, index, open) {
  for (const element of figure.querySelectorAll("[data-connection]"))
    element.classList.toggle("chosen", element.dataset.connection === index);
  figure.classList.toggle("has-choice", index !== null);
  const fact = figure.querySelector(`[data-fact="${index}"]`);
  for (const other of figure.querySelectorAll("[data-fact]"))
    other.classList.toggle("chosen", other === fact);
  if (!open || !fact)
    return;
  const details = fact.querySelector("details");
  if (details)
    details.open = true;
  fact.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

document.addEventListener("click", event => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target)
    return;
  const button = target.closest("button");
  const file = target.closest("[data-file]");
  if (button?.hasAttribute("data-copy") && file)
    copy(button, textOf(file));
  else if (button?.hasAttribute("data-download") && file)
    save(button.dataset.download, textOf(file));
  else if (button?.hasAttribute("data-copy-command"))
    copy(button, button.parentElement.querySelector("code").textContent);
  else if (button?.dataset.guess)
    guess(button);
  else if (button?.hasAttribute("data-theme-switch"))
    switchTheme();
  else if (button?.dataset.island)
    wake(button);
  const figure = target.closest("[data-board]");
  if (!figure)
    return;
  const arrow = target.closest("[data-connection]");
  const card = target.closest("[data-card]");
  if (arrow)
    choose(figure, arrow.dataset.connection, true);
  else if (card)
    figure.querySelector(`[data-alone="${CSS.escape(card.dataset.card)}"]`)?.click();
  else if (target.closest("summary") && target.closest("[data-fact]"))
    choose(figure, target.closest("[data-fact]").dataset.fact, false);
});

function guess(button) {
  const quiz = button.closest("[data-quiz]");
  const right = quiz.dataset.quiz === button.dataset.guess;
  for (const other of quiz.querySelectorAll("[data-guess]"))
    other.setAttribute("aria-pressed", other === button ? "true" : "false");
  quiz.querySelector(".outcome").textContent = right ? "Right." : `No: it is ${quiz.dataset.quiz}.`;
  quiz.classList.toggle("is-right", right);
  quiz.classList.toggle("is-wrong", !right);
  quiz.querySelector("details").open = true;
}

function switchTheme() {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  remember("theme", root.dataset.theme);
}

function remember(key, value) {
  try { localStorage.setItem(`podwall-${key}`, value); } catch { /* A browser that keeps nothing is fine, too. */ }
}

// A link to a line of a file that is still folded away opens it.
function pointedAt() {
  try {
    return document.getElementById(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return null; // No address of ours ends in such a thing as #%.
  }
}

function reveal() {
  const target = pointedAt();
  if (!target)
    return;
  target.querySelector(":scope > details.whole")?.setAttribute("open", "");
  for (let around = target.closest("details"); around; around = around.parentElement?.closest("details"))
    around.open = true;
  target.scrollIntoView({ block: "center" });
  target.classList.add("pointed");
  for (const other of document.querySelectorAll(".pointed"))
    if (other !== target)
      other.classList.remove("pointed");
}
addEventListener("hashchange", reveal);
document.addEventListener("click", event => {
  const link = event.target instanceof Element && event.target.closest("a[href*='#']");
  if (link && new URL(link.href).hash === location.hash && new URL(link.href).pathname === location.pathname)
    setTimeout(reveal);
});

// Arrow keys move between tabs, as in any list of tabs.
document.addEventListener("keydown", event => {
  const tab = event.target instanceof Element && event.target.closest("[data-tab]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !step)
    return;
  const tabs = [...tab.parentElement.querySelectorAll("[data-tab]")];
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  next.focus();
  next.click();
  event.preventDefault();
});

let waking;
function engine() {
  waking ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "_framework/blazor.webassembly.js";
    script.setAttribute("autostart", "false");
    script.onload = () => Blazor.start().then(() => resolve(Blazor), reject);
    script.onerror = () => reject(new Error("The engine could not be loaded."));
    document.head.append(script);
  });
  return waking;
}

// The engine has started a moment before it can take components.
async function put(blazor, place, name, parameters) {
  for (const began = performance.now(); ;)
    try {
      return await blazor.rootComponents.add(place, name, parameters);
    } catch (error) {
      if (!/not been enabled/.test(error.message) || performance.now() - began > 30_000)
        throw error;
      await new Promise(resolve => setTimeout(resolve, 10));
    }
}

async function wake(button) {
  const section = button.closest("[data-scenario]");
  button.disabled = true;
  button.textContent = "Waking the engine…";
  try {
    const blazor = await engine();
    const place = document.createElement("div");
    section.replaceWith(place);
    await put(blazor, place, "scenario", { folder: button.dataset.folder, page: document.body.dataset.page });
  } catch (error) {
    button.disabled = false;
    button.textContent = `${error.message} Try again`;
  }
}

// Behind podwall ui, there is a cluster to show; elsewhere that page says how to come to one.
const isServed = Boolean(new URLSearchParams(location.hash.slice(1)).get("token") || sessionStorage.getItem("podwall-token"));
const components = [...document.querySelectorAll("[data-component]")].filter(place => isServed || place.dataset.component !== "live");
addEventListener("hashchange", () => {
  if (!isServed && new URLSearchParams(location.hash.slice(1)).get("token"))
    location.reload();
});
for (const place of components) {
  if (place.dataset.component === "live")
    place.replaceChildren(element("p", "muted", "The engine is waking up…"));
  engine()
    .then(blazor => put(blazor, place, place.dataset.component, {}))
    .catch(error => { place.textContent = `${error.message} This part of the page needs WebAssembly.`; });
}

// On a small screen the list of chapters would stand before the chapter.
if (matchMedia("(max-width: 62rem)").matches)
  document.querySelector(".chapters details")?.removeAttribute("open");

export function element(name, css, text) {
  const made = document.createElement(name);
  made.className = css;
  made.textContent = text;
  return made;
}

// Keeping the site for later takes the network and the processor, which the engine needs first.
function whenQuiet(then) {
  if (components.length === 0 || root.dataset.engine)
    return document.readyState === "complete" ? then() : addEventListener("load", then);
  new MutationObserver((_, observer) => { observer.disconnect(); then(); }).observe(root, { attributeFilter: ["data-engine"] });
}

root.classList.add("scripted");
reveal();
if (sessionStorage.getItem("podwall-token") && document.querySelector("[data-run]"))
  import("./runs.js").then(runs => runs.offer());

// Behind podwall ui the pages come from this very machine: nothing to keep, and another program may have the port tomorrow.
if ("serviceWorker" in navigator && isSecureContext && !isServed)
  whenQuiet(() => navigator.serviceWorker.register("sw.js").catch(() => { /* Without it the page works, only not offline. */ }));
