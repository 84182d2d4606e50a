import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language'
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic as Mark } from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { EditorState } from '@codemirror/state'
import {
  crosshairCursor,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { tsAutocompleteWorker, tsFacetWorker, tsHoverWorker, tsLinterWorker, tsSyncWorker } from '@valtown/codemirror-ts'
import type { WorkerShape } from '@valtown/codemirror-ts/worker'
import { wrap, type Remote } from 'comlink'

import type { Diagnostic } from '../server/types.ts'
import { editorRoot, look } from './look.ts'

export interface Editor {
  text(): string
  /** Marks what intake found at its places. */
  showProblems(diagnostics: readonly Diagnostic[]): void
  goTo(line: number): void
  close(): void
}

export interface EditorOptions {
  readonly box: HTMLElement
  readonly filename: string
  readonly text: string
  readonly isDark: boolean
  readonly onSave: () => void
  readonly onChange: (text: string) => void
}

/** Opens an editor that knows the SDK's types; its type service starts in a worker of its own, and typing never waits for it. */
export function openEditor({ box, filename, text, isDark, onSave, onChange }: EditorOptions): Editor {
  const address = document.querySelector<HTMLMetaElement>('meta[name="type-service"]')!.content
  const thread = new Worker(address, { type: 'module', name: 'type service' })
  const worker = wrap<WorkerShape>(thread)
  const path = /\.[cm]?[jt]s$/.test(filename) ? filename : `${filename}.ts`
  const root = editorRoot(box)
  const extensions = [
    ...basics(onSave),
    look(isDark),
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) onChange(state.doc.toString())
    }),
  ]
  const view = new EditorView({ parent: root, root, state: EditorState.create({ doc: text, extensions }) })
  void withTypes(box, view, worker, path, extensions)
  return {
    text: () => view.state.doc.toString(),
    showProblems: (diagnostics) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          diagnostics.flatMap((diagnostic) => markOf(view, diagnostic)),
        ),
      ),
    goTo(line) {
      const at = view.state.doc.line(Math.min(line, view.state.doc.lines)).from
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
      view.focus()
    },
    close() {
      view.destroy()
      thread.terminate()
    },
  }
}

const basics = (onSave: () => void) => [
  keymap.of([{ key: 'Mod-s', preventDefault: true, run: () => (onSave(), true) }]),
  lineNumbers(),
  highlightActiveLineGutter(),
  highlightSpecialChars(),
  history(),
  foldGutter(),
  drawSelection(),
  crosshairCursor(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  highlightActiveLine(),
  highlightSelectionMatches(),
  lintGutter(),
  EditorState.tabSize.of(2),
  EditorView.contentAttributes.of({ 'aria-label': 'Script. Escape, then Tab, leaves it.', tabindex: '0' }),
  javascript({ typescript: true }),
  keymap.of([
    ...closeBracketsKeymap,
    ...defaultKeymap,
    ...searchKeymap,
    ...historyKeymap,
    ...foldKeymap,
    ...completionKeymap,
    ...lintKeymap,
    indentWithTab,
  ]),
]

/** Adds checking, completion and hints once the service has read its types. */
async function withTypes(
  box: HTMLElement,
  view: EditorView,
  worker: Remote<WorkerShape>,
  path: string,
  extensions: readonly unknown[],
): Promise<void> {
  await worker.initialize()
  const { doc, selection } = view.state
  await worker.updateFile({ path, code: doc.toString() })
  view.setState(
    EditorState.create({
      doc,
      selection,
      extensions: [
        ...(extensions as []),
        tsFacetWorker.of({ worker: worker as unknown as WorkerShape, path }),
        tsSyncWorker(),
        tsLinterWorker(),
        tsHoverWorker(),
        autocompletion({ override: [tsAutocompleteWorker()] }),
      ],
    }),
  )
  box.dataset['types'] = 'ready'
}

function markOf(view: EditorView, { severity, message, hint, line, column }: Diagnostic): Mark[] {
  if (line === null || line > view.state.doc.lines) return []
  const { from, to } = view.state.doc.line(line)
  const start = Math.min(to, from + Math.max(0, (column ?? 1) - 1))
  return [{ from: start, to, severity, message: hint === '' ? message : `${message} ${hint}` }]
}
