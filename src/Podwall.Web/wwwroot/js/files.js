// Files that somebody chooses or drops: which of them count, and their texts.
export const mostBytes = 32 * 1024 * 1024;

/** Why nothing was opened, for whoever reads the page. */
export class Refused extends Error { }

/** Asks for files, a folder, or another version of the file that is shown. */
export function browse(what, found) {
  const input = document.createElement("input");
  input.type = "file";
  input.webkitdirectory = what === "folder";
  input.multiple = what !== "version";
  if (what !== "folder")
    input.accept = ".yaml,.yml,.json";
  input.onchange = () => found([...input.files].map(file => ({ name: file.webkitRelativePath || file.name, file }))
    .filter(f => what !== "folder" || isManifest(f.name)).sort((a, b) => a.name < b.name ? -1 : 1));
  input.click();
}

/** The files that were dropped, those in folders too. */
export async function dropped(transfer) {
  // They can be asked for only as long as the event lasts.
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.()).filter(entry => entry);
  const found = [];
  for (const entry of entries)
    await walk(entry, found, 0);
  return found;
}

export async function textsOf(found) {
  if (found.reduce((sum, f) => sum + f.file.size, 0) > mostBytes)
    throw new Refused(`That is more than ${mostBytes / 1024 / 1024} MB. Give fewer files, or use podwall ui -f, which reads as much as there is.`);
  return Promise.all(found.map(async f => ({ name: f.name, text: await named(f.name, f.file.text()) })));
}

// What kubectl and podwall would read of a folder.
const isManifest = path => /\.(ya?ml|json)$/i.test(path) && !path.split("/").slice(1).some(part => part.startsWith("."));

async function walk(entry, found, depth) {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile && (depth === 0 || isManifest(path)))
    found.push({ name: path, file: await named(path, new Promise((resolve, reject) => entry.file(resolve, reject))) });
  else if (entry.isDirectory && depth < 16 && (depth === 0 || !entry.name.startsWith("."))) {
    const reader = entry.createReader();
    for (let part; (part = await named(path, new Promise((resolve, reject) => reader.readEntries(resolve, reject)))).length > 0;)
      for (const inner of part.sort((a, b) => a.name < b.name ? -1 : 1))
        await walk(inner, found, depth + 1);
  }
}

// Browsers say why they cannot read a file, and never which one.
const named = (path, reading) => reading.catch(error => { throw new Refused(`${path} cannot be read: ${error.message || error.name}. Nothing was opened.`); });
