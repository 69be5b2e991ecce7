// The editor, files and links of the playground and the explorer: what a page can do and the engine cannot.
import "../editor/editor.js";
import { Refused, browse, dropped, mostBytes, textsOf } from "./files.js";
import { read as readBeside } from "./reader.js";
export { stop, work } from "./reader.js";

// Of policies to try; a worker takes long for as much, and podwall ui has other pages to answer.
const mostProposed = 4_000_000;
// Up to here the page reads the text itself, at once; more is worked on in a worker, so that the page goes on answering.
const mostInPage = 100_000;
let editor, page, timer, observer, isProposal;
// The texts stand here and only here, since the worker needs them as much as the page does.
let files = [], kept = null, shown = 0, isTyped = false;

export function attach(host, dotnet, proposes) {
  [page, isProposal] = [dotnet, proposes];
  editor = document.createElement("podwall-editor");
  editor.setAttribute("label", isProposal ? "Policies to try" : "Manifests");
  if (isProposal)
    editor.setAttribute("hint", "Paste NetworkPolicies here.");
  host.append(editor);
  editor.addEventListener("edit", () => {
    isTyped = true;
    clearTimeout(timer);
    timer = setTimeout(edited, isProposal ? 250 : size() > mostInPage ? 400 : 10);
  });
  addEventListener("dragover", event => { event.preventDefault(); document.body.classList.add("dropping"); });
  addEventListener("dragleave", event => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
  addEventListener("drop", drop);
  // A link that is pasted into the address bar of this very page changes its fragment only.
  addEventListener("hashchange", () => {
    if (["p", "scenario", "token"].some(key => new URLSearchParams(location.hash.slice(1)).has(key)))
      location.reload();
  });
  document.addEventListener("click", event => {
    const what = event.target instanceof Element && event.target.closest("[data-open]")?.dataset.open;
    if (what)
      browse(what, found => open(found, what === "version"));
  });
  const panel = document.querySelector(".seeing");
  let known = room(panel);
  observer = new ResizeObserver(() => {
    const now = room(panel);
    if (Math.abs(now - known) < 60)
      return;
    known = now;
    clearTimeout(observer.timer);
    observer.timer = setTimeout(() => page.invokeMethodAsync("Resized", known), 250);
  });
  observer.observe(panel);
  return known;
}

const encoded = texts => texts.map(f => ({ name: f.name, utf8: new TextEncoder().encode(f.text) }));
const size = () => [...files, ...kept ?? []].reduce((sum, f) => sum + f.text.length, 0);

export function edited() {
  if (isProposal)
    return editor.text.length > mostProposed
      ? page.invokeMethodAsync("TooLarge", editor.text.length)
      : page.invokeMethodAsync("Edited", editor.text);
  return page.invokeMethodAsync("Edited", content());
}

// What was typed last is in the editor only, until somebody wants the texts.
function settle() {
  if (isTyped && files.length > 0)
    files[shown].text = editor.text;
  isTyped = false;
}

// Pictures are larger where there is much room (css/site.css).
const scale = () => matchMedia("(min-width: 110rem)").matches ? 1.3 : 1;
const room = panel => Math.max(300, Math.min(2200, Math.floor((panel.clientWidth - 8) / scale())));

export const show = (text, name) => { editor.text = text; editor.setAttribute("label", name); };
export function mark(marks) {
  editor.findings = marks.findings;
  editor.decide(marks.decided, false);
}
export const goTo = line => editor.goTo(line);
export function ready() {
  performance.mark("engine-ready");
  document.documentElement.dataset.engine = "ready";
}

export function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function drop(event) {
  event.preventDefault();
  document.body.classList.remove("dropping");
  await open(dropped(event.dataTransfer), false);
}

async function open(found, isVersion) {
  try {
    const opened = await textsOf(await found);
    if (opened.length === 0)
      return;
    if (isVersion)
      await page.invokeMethodAsync("Compared", keepInstead(opened[0]));
    else
      await page.invokeMethodAsync("Opened", isProposal ? opened : put(opened));
  } catch (fault) {
    if (!(fault instanceof Refused))
      throw fault;
    await page.invokeMethodAsync("Refused", fault.message);
  }
}

// The earlier version is what there is, with this file in place of the one that is shown.
function keepInstead(file) {
  settle();
  kept = files.map((f, index) => index === shown ? file : { ...f });
  return `${file.name} in place of ${files[shown].name}`;
}

// The files of a playground. Whoever changes which there are, or which is shown, is told their names.
export function put(next) {
  [files, isTyped] = [next, false];
  return choose(0);
}

export function choose(index) {
  settle();
  shown = Math.min(index, files.length - 1);
  show(files[shown].text, files[shown].name);
  return files.map(f => f.name);
}

export function add() {
  settle();
  let number = 1;
  while (files.some(f => f.name === `new-${number}.yaml`))
    number++;
  files.push({ name: `new-${number}.yaml`, text: "" });
  return choose(files.length - 1);
}

export function remove(index) {
  settle();
  files.splice(index, 1);
  return choose(index);
}

export function content() {
  settle();
  return { size: size(), files: size() > mostInPage ? null : encoded(files) };
}

export function keep(isKept) {
  settle();
  kept = isKept ? files.map(f => ({ ...f })) : null;
}

export const earlier = () => kept && encoded(kept);

export const read = () => readBeside(() => ({ files, kept }));

// The content travels in the fragment, which browsers never send.
export async function share(from, to) {
  settle();
  const bytes = await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(JSON.stringify({ files, kept, from, to })));
  const text = btoa(Array.from(bytes, b => String.fromCharCode(b)).join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  if (text.length > 200_000)
    return `The link would be ${Math.ceil(text.length / 1000)} kB long, which programs cut off. Share the files instead.`;
  history.replaceState(null, "", `${location.pathname}${location.search}#p=${text}`);
  try {
    await navigator.clipboard.writeText(location.href);
    return "The link is copied. It holds everything; nothing was sent anywhere.";
  } catch {
    return "The link is in the address bar. It holds everything; nothing was sent anywhere.";
  }
}

export async function opening() {
  const hash = new URLSearchParams(location.hash.slice(1));
  const empty = { scenario: null, step: 0, files: null, isKept: false, from: null, to: null, problem: null };
  if (hash.get("scenario"))
    return { ...empty, scenario: hash.get("scenario"), step: Number(hash.get("step") ?? 99) || 0 };
  if (!hash.get("p"))
    return empty;
  try {
    const packed = Uint8Array.from(atob(hash.get("p").replaceAll("-", "+").replaceAll("_", "/")), c => c.charCodeAt(0));
    const content = JSON.parse(new TextDecoder().decode(await through(new DecompressionStream("deflate-raw"), packed)));
    const texts = list => list.map(f => ({ name: String(f.name).slice(0, 200), text: String(f.text) }));
    kept = content.kept ? texts(content.kept) : null;
    return { ...empty, files: texts(content.files), isKept: kept !== null, from: String(content.from ?? ""), to: String(content.to ?? "") };
  } catch {
    return { ...empty, problem: "The link is damaged, so here is an example instead. Ask for the link again: it may have been cut off." };
  }
}

async function through(stream, bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts = [];
  let size = 0;
  for (let part; !(part = await reader.read()).done;) {
    size += part.value.length;
    if (size > mostBytes)
      throw new Error("too large");
    parts.push(part.value);
  }
  const all = new Uint8Array(size);
  parts.reduce((at, part) => { all.set(part, at); return at + part.length; }, 0);
  return all;
}

// podwall ui puts its token into the fragment; it is kept for reloads of this tab only, and leaves the address bar.
export function token() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem("podwall-token", given);
    history.replaceState(null, "", location.pathname);
  }
  return given ?? sessionStorage.getItem("podwall-token") ?? "";
}
