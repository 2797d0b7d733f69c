// The query: CodeMirror with SQL, completion of columns and functions, and a mark where an error is.
import { type Completion, type CompletionContext, type CompletionResult, autocompletion, closeBrackets,
  closeBracketsKeymap, closeCompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { sql } from '@codemirror/lang-sql';
import { HighlightStyle, bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, drawSelection, highlightSpecialChars, keymap,
  placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { ColumnInfo, ErrorPosition } from 'whittle-sql';
import { dialect, identifier } from './dialect.js';

// Colours are style.css's, so that they follow light and dark.
const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: 'var(--code-keyword)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--code-type)' },
  { tag: tags.comment, color: 'var(--faint)', fontStyle: 'italic' },
]);

const setFault = StateEffect.define<{ from: number; to: number } | undefined>();
const faults = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setFault)) continue;
      return effect.value ? Decoration.set([Decoration.mark({ class: 'fault' })
        .range(effect.value.from, effect.value.to)]) : Decoration.none;
    }
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Where a position of the engine's, in bytes of UTF-8, is in the text. */
function inText(text: string, { offset, length }: ErrorPosition): { from: number; to: number } {
  const encoded = new TextEncoder().encode(text);
  const at = (end: number): number => new TextDecoder().decode(encoded.subarray(0, end)).length;
  const from = Math.min(at(offset), text.length);
  return { from, to: Math.min(Math.max(at(offset + length), from + 1), text.length) };
}

export class Editor {
  private readonly view: EditorView;
  private columns: Completion[] = [];
  private functions: Completion[] = [];

  constructor(parent: HTMLElement, actions: { run(): void }) {
    const act = (action: () => void) => (): boolean => {
      action();
      return true;
    };
    this.view = new EditorView({
      parent,
      extensions: [
        keymap.of([{ key: 'Mod-Enter', run: act(actions.run) }, ...closeBracketsKeymap, ...completionKeymap,
          ...defaultKeymap, ...historyKeymap]),
        history(), drawSelection(), highlightSpecialChars(), bracketMatching(), closeBrackets(),
        autocompletion({ icons: false }), sql({ dialect, upperCaseKeywords: true }), faults,
        dialect.language.data.of({ autocomplete: (context: CompletionContext) => this.complete(context) }),
        syntaxHighlighting(highlighting), EditorView.lineWrapping, EditorState.tabSize.of(2),
        placeholder("SELECT … FROM 'https://…/file.parquet'"),
        EditorView.contentAttributes.of({ id: 'sql', 'aria-label': 'SQL query', spellcheck: 'false' }),
      ],
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  set text(text: string) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  /** Puts text where the cursor is. */
  insert(text: string): void {
    this.view.dispatch(this.view.state.replaceSelection(text));
    this.view.focus();
  }

  /** Takes the list of completions away. */
  settle(): void {
    closeCompletion(this.view);
  }

  setColumns(columns: readonly ColumnInfo[]): void {
    this.columns = columns.map(({ name, type }) =>
      ({ label: name, apply: identifier(name), detail: type.length > 24 ? `${type.slice(0, 22)}…` : type, boost: 2 }));
  }

  setFunctions(names: readonly string[]): void {
    this.functions = names.map((name) => ({ label: name, apply: `${name}(`, detail: 'function' }));
  }

  /** Underlines what an error is about; `undefined` takes the line away. */
  mark(position: ErrorPosition | undefined): void {
    this.view.dispatch({ effects: setFault.of(position && position.offset >= 0
      ? inText(this.text, position) : undefined) });
  }

  private complete(context: CompletionContext): CompletionResult | null {
    const word = context.matchBefore(/\w+/);
    if (!word && !context.explicit) return null;
    return { from: word?.from ?? context.pos, options: [...this.columns, ...this.functions], validFor: /^\w*$/ };
  }
}
