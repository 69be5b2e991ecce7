// Behind podwall ui, scenarios can be run with real packets.
import { element } from "./site.js";

const token = sessionStorage.getItem("podwall-token");
const ask = (what, body) => fetch(`api/${what}`, { method: "POST", headers: { Authorization: `Bearer ${token}` }, body: JSON.stringify(body) });

document.addEventListener("click", event => {
  const button = event.target instanceof Element && event.target.closest("[data-run]");
  if (button)
    button.dataset.replaces ? confirmRun(button) : run(button);
});

export async function offer() {
  const state = await ask("lab", {}).then(answer => answer.ok ? answer.json() : null, () => null);
  if (state?.canRun)
    for (const button of document.querySelectorAll("[data-run]")) {
      button.hidden = false;
      button.title = state.why;
      if (state.replaces)
        button.dataset.replaces = state.replaces;
    }
}

const reportBeside = button => button.closest("[data-scenario]").querySelector("[data-report]");

// A lab that somebody has brought up holds what they put into it.
function confirmRun(button) {
  const yes = element("button", "primary", "Replace and run");
  const no = element("button", "", "Leave it");
  const buttons = element("p", "switch-offer", "");
  buttons.append(yes, no);
  yes.addEventListener("click", () => { delete button.dataset.replaces; run(button); });
  no.addEventListener("click", () => { reportBeside(button).replaceChildren(); button.focus(); });
  reportBeside(button).replaceChildren(element("p", "note", `This makes your lab ${button.dataset.replaces} into this scenario: its pods and policies take the place of whatever you have put into the lab.`), buttons);
  yes.focus();
}

async function run(button) {
  const before = button.textContent;
  button.disabled = true;
  button.textContent = "Sending packets…";
  const report = reportBeside(button);
  try {
    const answer = await ask("run", { folder: button.dataset.run });
    if (!answer.ok)
      throw new Error(await answer.text());
    report.replaceChildren(...reportOf(await answer.json()));
  } catch (error) {
    report.replaceChildren(element("p", "problem", error.message));
  }
  button.disabled = false;
  button.textContent = before;
}

function reportOf(result) {
  const parts = [];
  if (result.simulated)
    parts.push(element("p", "note", `Simulated: ${result.whySimulated}`));
  for (const step of result.scenarios[0].steps.filter(s => s.policies.length > 0 || s.labels.length > 0)) {
    const table = document.createElement("table");
    table.append(element("caption", "", step.name));
    const head = table.createTHead().insertRow();
    for (const title of ["flow", result.simulated ? "simulated packet" : "kernel", "engine"]) {
      const cell = element("th", "", title);
      cell.scope = "col";
      head.append(cell);
    }
    const body = table.createTBody();
    for (const flow of step.flows) {
      const row = body.insertRow();
      row.append(element("td", "flow", `${flow.from} → ${flow.to} ${flow.protocol}${flow.port === undefined ? "" : ` ${flow.port}`}`));
      for (const word of [flow.after, flow.engine])
        row.append(element("td", word.startsWith("allow") ? "allow-text" : word.startsWith("den") ? "deny-text" : "muted", word));
      row.classList.toggle("disagrees", flow.disagrees);
    }
    const around = element("div", "table", "");
    around.tabIndex = 0;
    around.append(table);
    parts.push(around);
  }
  const flows = result.scenarios[0].steps.flatMap(s => s.flows);
  const tried = flows.filter(f => f.after !== "unknown").length;
  parts.unshift(element("p", flows.some(f => f.disagrees) ? "problem" : "outcome", flows.some(f => f.disagrees)
    ? "Kernel and engine disagree; please report this."
    : `${tried} flows tried${tried < flows.length ? `, ${flows.length - tried} not (their protocol is not probed here)` : ""}; ${result.simulated ? "simulation" : "kernel"} and engine agree, and what was seen is ${result.asExpected ? "" : "not "}as expected.`));
  return parts;
}
