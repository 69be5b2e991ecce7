// The editor of the playground: CodeMirror in a shadow root, where its styles need no exception from the content-security policy.
import { EditorState, StateEffect, StateField, RangeSetBuilder } from "@codemirror/state";
import { EditorView, Decoration, keymap, lineNumbers, highlightActiveLine, drawSelection, placeholder } from "@codemirror/view";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, syntaxHighlighting, indentUnit, foldGutter, foldKeymap } from "@codemirror/language";
import { yaml } from "@codemirror/lang-yaml";
import { lintGutter, setDiagnostics, lintKeymap } from "@codemirror/lint";
import { search, searchKeymap } from "@codemirror/search";
import { tags } from "@lezer/highlight";

const mark = StateEffect.define();
const marks = StateField.define({
  create: () => Decoration.none,
  update(value, change) {
    value = value.map(change.changes);
    for (const effect of change.effects)
      if (effect.is(mark)) {
        const builder = new RangeSetBuilder();
        for (const { line, kind } of [...effect.value].sort((a, b) => a.line - b.line))
          if (line >= 1 && line <= change.state.doc.lines)
            builder.add(change.state.doc.line(line).from, change.state.doc.line(line).from, Decoration.line({ class: kind === "allow" ? "cm-decided-allow" : "cm-decided-deny" }));
        value = builder.finish();
      }
    return value;
  },
  provide: field => EditorView.decorations.from(field),
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--code-key)" },
  { tag: [tags.string, tags.content, tags.attributeValue], color: "var(--code-value)" },
  { tag: [tags.number, tags.bool, tags.keyword], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--code-comment)" },
  { tag: [tags.separator, tags.punctuation, tags.meta, tags.squareBracket, tags.brace], color: "var(--muted)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "13.5px", color: "var(--text)", backgroundColor: "var(--card)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--place)", color: "var(--muted)", borderRight: "1px solid var(--edge)" },
  ".cm-activeLine": { backgroundColor: "var(--active-line)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { backgroundColor: "var(--selection)" },
  ".cm-decided-allow": { backgroundColor: "var(--allow-soft)", boxShadow: "inset 3px 0 var(--allow)" },
  ".cm-decided-deny": { backgroundColor: "var(--deny-soft)", boxShadow: "inset 3px 0 var(--deny)" },
  ".cm-panels, .cm-tooltip": { backgroundColor: "var(--place)", color: "var(--text)", border: "1px solid var(--edge)" },
  ".cm-tooltip-lint": { maxWidth: "34rem" },
  ".cm-diagnostic": { whiteSpace: "pre-wrap", fontFamily: "var(--sans)" },
  ".cm-placeholder": { color: "var(--muted)" },
  // The cursor blinks by an inline style.
  "@media (prefers-reduced-motion: reduce)": { ".cm-cursorLayer": { animation: "none !important" } },
});

class PodwallEditor extends HTMLElement {
  connectedCallback() {
    if (this.view)
      return;
    const root = this.attachShadow({ mode: "open" });
    const label = this.getAttribute("label") ?? "YAML";
    this.readOnly = this.hasAttribute("readonly");
    this.extensions = [
      lineNumbers(), foldGutter(), history(), drawSelection(), highlightActiveLine(), indentUnit.of("  "), yaml(), syntaxHighlighting(colours), look, marks, lintGutter(), search({ top: true }),
      placeholder(this.getAttribute("hint") ?? "Paste manifests here, or drop files anywhere on the page."),
      keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap]),
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: "false", autocapitalize: "off" }),
      EditorView.updateListener.of(update => {
        if (update.docChanged && !this.quiet)
          this.dispatchEvent(new CustomEvent("edit", { bubbles: true }));
      }),
      EditorState.readOnly.of(this.readOnly),
    ];
    this.view = new EditorView({ root, parent: root, state: EditorState.create({ doc: "", extensions: this.extensions }) });
  }

  get text() { return this.view.state.doc.toString(); }

  // A text of another file: nothing to undo into.
  set text(value) {
    if (value === this.text)
      return;
    this.quiet = true;
    this.view.setState(EditorState.create({ doc: value, extensions: this.extensions }));
    this.quiet = false;
  }

  // [{ line, column, severity, message }]
  set findings(list) {
    const doc = this.view.state.doc;
    const found = list.filter(f => f.line >= 1 && f.line <= doc.lines).map(f => {
      const line = doc.line(f.line);
      const from = Math.min(line.from + Math.max(0, f.column - 1), line.to);
      const text = line.text.slice(from - line.from);
      const length = Math.max(1, (text.match(/^[^\s:,]+/) ?? [text])[0].length);
      return { from, to: Math.min(line.to, from + length), severity: f.severity, message: f.message };
    });
    this.view.dispatch(setDiagnostics(this.view.state, found));
  }

  // [{ line, kind }]; the first is scrolled to when asked.
  decide(lines, reveal) {
    const effects = [mark.of(lines)];
    if (reveal && lines.length > 0 && lines[0].line <= this.view.state.doc.lines)
      effects.push(EditorView.scrollIntoView(this.view.state.doc.line(Math.max(1, lines[0].line)).from, { y: "center" }));
    this.view.dispatch({ effects });
  }

  goTo(line) {
    const at = this.view.state.doc.line(Math.min(Math.max(1, line), this.view.state.doc.lines)).from;
    this.view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    this.view.focus();
  }
}
customElements.define("podwall-editor", PodwallEditor);
