// The editor, files and links of the playground and the explorer: what a page can do and the engine cannot.
import "../editor/editor.js";

const mostBytes = 32 * 1024 * 1024;
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
    timer = setTimeout(edited, size() > mostInPage ? 400 : 10);
  });
  addEventListener("dragover", event => { event.preventDefault(); document.body.classList.add("dropping"); });
  addEventListener("dragleave", event => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
  addEventListener("drop", drop);
  // A link that is pasted into the address bar of this very page changes its fragment only.
  addEventListener("hashchange", () => {
    if (["p", "scenario", "token"].some(key => new URLSearchParams(location.hash.slice(1)).has(key)))
      location.reload();
  });
  document.addEventListener("click", event => { if (event.target instanceof Element && event.target.closest("[data-open]")) browse(); });
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

function edited() {
  if (isProposal)
    return page.invokeMethodAsync("Edited", editor.text);
  return page.invokeMethodAsync("Edited", content());
}

// What was typed last is in the editor only, until somebody wants the texts.
function settle() {
  if (isTyped && files.length > 0)
    files[shown].text = editor.text;
  isTyped = false;
}

const room = panel => Math.max(320, Math.min(2200, Math.floor(panel.clientWidth) - 8));

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

function browse() {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.accept = ".yaml,.yml,.json";
  input.onchange = () => open([...input.files].map(file => ({ name: file.name, file })));
  input.click();
}

async function drop(event) {
  event.preventDefault();
  document.body.classList.remove("dropping");
  const entries = [...event.dataTransfer.items].map(item => item.webkitGetAsEntry?.()).filter(entry => entry);
  const found = [];
  for (const entry of entries)
    await walk(entry, found, 0);
  open(found);
}

// What kubectl and podwall would read of a folder.
async function walk(entry, found, depth) {
  if (entry.isFile && (depth === 0 || /\.(ya?ml|json)$/i.test(entry.name)))
    found.push({ name: entry.fullPath.replace(/^\//, ""), file: await new Promise((resolve, reject) => entry.file(resolve, reject)) });
  else if (entry.isDirectory && depth < 16 && (depth === 0 || !entry.name.startsWith("."))) {
    const reader = entry.createReader();
    for (let part; (part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))).length > 0;)
      for (const inner of part.sort((a, b) => a.name < b.name ? -1 : 1))
        await walk(inner, found, depth + 1);
  }
}

async function open(found) {
  if (found.reduce((sum, f) => sum + f.file.size, 0) > mostBytes)
    return page.invokeMethodAsync("Refused", `That is more than ${mostBytes / 1024 / 1024} MB. Give fewer files, or use podwall ui -f, which reads as much as there is.`);
  const opened = await Promise.all(found.map(async f => ({ name: f.name, text: await f.file.text() })));
  if (opened.length > 0)
    await page.invokeMethodAsync("Opened", isProposal ? opened : put(opened));
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

// The worker is woken by the first text that needs it. One reading at a time: of those that wait, only the last counts.
let worker, number = 0, reading = Promise.resolve(), wanted = 0, given;
const waiting = new Map();

function send(message) {
  if (!worker) {
    worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => {
      const { resolve, reject } = waiting.get(data.id);
      waiting.delete(data.id);
      data.problem === undefined ? resolve(data.answer) : reject(new Error(data.problem));
    };
    worker.onerror = event => stop(event.message || "The worker could not be started.");
  }
  return new Promise((resolve, reject) => {
    waiting.set(++number, { resolve, reject });
    worker.postMessage({ ...message, id: number });
  });
}

class Stopped extends Error { }

export function stop(why) {
  worker?.terminate();
  worker = given = undefined;
  for (const { reject } of waiting.values())
    reject(new Stopped(why));
  waiting.clear();
}

/** Has the worker read the texts; false where newer ones came before it began. */
export async function read() {
  const mine = ++wanted;
  const before = reading;
  let done;
  reading = new Promise(resolve => { done = resolve; });
  try {
    await before;
    if (mine !== wanted)
      return false;
    await send(given === kept ? { files } : { files, kept: kept ?? [] });
    given = kept;
    return mine === wanted;
  } finally {
    done();
  }
}

// Null where the worker was stopped before it came to the question.
export const work = (what, question) => send({ what, question }).catch(error => {
  if (error instanceof Stopped)
    return null;
  throw error;
});

// The content travels in the fragment, which browsers never send.
export async function share(from, to) {
  settle();
  const bytes = await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(JSON.stringify({ files, from, to })));
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
  const empty = { scenario: null, step: 0, files: null, from: null, to: null, problem: null };
  if (hash.get("scenario"))
    return { ...empty, scenario: hash.get("scenario"), step: Number(hash.get("step") ?? 99) || 0 };
  if (!hash.get("p"))
    return empty;
  try {
    const packed = Uint8Array.from(atob(hash.get("p").replaceAll("-", "+").replaceAll("_", "/")), c => c.charCodeAt(0));
    const content = JSON.parse(new TextDecoder().decode(await through(new DecompressionStream("deflate-raw"), packed)));
    const files = content.files.map(f => ({ name: String(f.name).slice(0, 200), text: String(f.text) }));
    return { ...empty, files, from: String(content.from ?? ""), to: String(content.to ?? "") };
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
