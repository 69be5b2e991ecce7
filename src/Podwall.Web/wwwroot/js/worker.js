// A second engine, for texts that would keep the page busy: it answers what explorer.js sends it, one thing after the other.
import { dotnet } from "../_framework/dotnet.js";

const waking = dotnet.create()
  .then(runtime => runtime.getAssemblyExports("Podwall.Web.dll"))
  .then(exports => exports.Podwall.Web.Explorer.EngineWorker);

let last = Promise.resolve();
addEventListener("message", ({ data }) => { last = last.then(() => answer(data)); });

async function answer({ id, files, kept, what, question }) {
  try {
    const engine = await waking;
    if (kept !== undefined)
      engine.Keep(...columns(kept));
    if (files !== undefined)
      engine.Put(...columns(files));
    postMessage({ id, answer: what === undefined ? "" : await engine.Answer(what, question) });
  } catch (error) {
    postMessage({ id, problem: String(error?.message ?? error) });
  }
}

const columns = files => [files.map(f => f.name), files.map(f => f.text)];
