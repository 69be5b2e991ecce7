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

/** Has the worker read the texts as they are when its turn comes; false where newer ones came before it began. */
export async function read(texts) {
  const mine = ++wanted;
  const before = reading;
  let done;
  reading = new Promise(resolve => { done = resolve; });
  try {
    await before;
    if (mine !== wanted)
      return false;
    const { files, kept } = texts();
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
