import { EditorSelection, type EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { useEffect, useEffectEvent, useRef } from 'react'

type CodeEditorProps = {
  state: EditorState
  onChange: (state: EditorState) => void
  /** A line to go to, from 1; going there again needs another `goKey`. */
  line: number | undefined
  goKey: string
}

/**
 * CodeMirror around one state. It lives in a shadow root: there its styles are constructed style sheets, which the
 * studio's Content-Security-Policy allows, where style elements are not.
 */
export function CodeEditor({ state, onChange, line, goKey }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const changed = useEffectEvent(onChange)
  const first = useRef(state)

  useEffect(() => {
    const element = host.current
    if (!element) return
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
    const made = new EditorView({
      state: first.current,
      root,
      parent: root,
      dispatchTransactions: (transactions, self) => {
        self.update(transactions)
        changed(self.state)
      },
    })
    view.current = made
    return () => {
      view.current = null
      made.destroy()
    }
  }, [])

  useEffect(() => {
    if (view.current && view.current.state !== state) view.current.setState(state)
  }, [state])

  const go = useEffectEvent((wanted: number) => {
    const editor = view.current
    if (!editor) return
    const { from } = editor.state.doc.line(Math.min(Math.max(1, wanted), editor.state.doc.lines))
    editor.dispatch({
      selection: EditorSelection.cursor(from),
      effects: EditorView.scrollIntoView(from, { y: 'center' }),
    })
    editor.focus()
  })
  useEffect(() => {
    if (line !== undefined) go(line)
  }, [line, goKey])

  return <div ref={host} className="h-full min-h-0 overflow-hidden" />
}
