import { javascript } from '@codemirror/lang-javascript'
import { MergeView } from '@codemirror/merge'
import { EditorState } from '@codemirror/state'
import { EditorView, lineNumbers } from '@codemirror/view'

import { editorRoot, look } from './look.ts'

/** Shows two texts side by side with what differs marked; gives what takes them away again. */
export function showDifference(box: HTMLElement, before: string, after: string, isDark: boolean): () => void {
  const extensions = [
    lineNumbers(),
    javascript({ typescript: true }),
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.lineWrapping,
    look(isDark),
  ]
  const named = (name: string) => [
    ...extensions,
    EditorView.contentAttributes.of({
      'aria-label': name,
      tabindex: '0',
      role: 'textbox',
      'aria-readonly': 'true',
      'aria-multiline': 'true',
    }),
  ]
  const root = editorRoot(box)
  const view = new MergeView({
    a: { doc: before, extensions: named('Before') },
    b: { doc: after, extensions: named('After') },
    parent: root,
    root,
    collapseUnchanged: { margin: 3, minSize: 6 },
    gutter: true,
  })
  return () => view.destroy()
}
