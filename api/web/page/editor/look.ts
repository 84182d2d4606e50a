import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** How code looks, by the colours of the page's style sheet. */
export function look(isDark: boolean): Extension {
  return [
    EditorView.theme(
      {
        '&': { fontSize: '13px', backgroundColor: 'var(--field)', color: 'var(--text)', height: '100%' },
        '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
        '.cm-content': { caretColor: 'var(--text)' },
        '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--quiet)', borderColor: 'var(--line)' },
        '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
        '.cm-cursor': { borderLeftColor: 'var(--text)' },
        '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--selection) !important' },
        '.cm-tooltip': {
          backgroundColor: 'var(--panel)',
          color: 'var(--text)',
          border: '1px solid var(--line)',
          maxWidth: 'min(640px, 90vw)',
        },
        '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--selection)', color: 'var(--text)' },
      },
      { dark: isDark },
    ),
    syntaxHighlighting(
      HighlightStyle.define([
        { tag: [tags.keyword, tags.modifier], color: 'var(--code-keyword)' },
        { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
        { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
        { tag: tags.comment, color: 'var(--quiet)', fontStyle: 'italic' },
        { tag: [tags.typeName, tags.className], color: 'var(--code-type)' },
        { tag: tags.function(tags.variableName), color: 'var(--code-function)' },
        { tag: tags.propertyName, color: 'var(--code-property)' },
      ]),
    ),
  ]
}

/**
 * A root for editors below a box. The policy of the page takes no style sheet that a script writes into the document;
 * within a shadow root CodeMirror adopts its sheets instead. Colours of the page reach it all the same.
 */
export function editorRoot(box: HTMLElement): ShadowRoot {
  const root = box.shadowRoot ?? box.attachShadow({ mode: 'open' })
  root.replaceChildren()
  return root
}
