import type { Mode } from '@overskill/protocol'
import { ArrowUp } from 'lucide-react'
import { useRef, useState, type KeyboardEvent } from 'react'
import { ModeSelect } from '../models/mode-select.tsx'
import { ModelSelect } from '../models/model-select.tsx'
import { Button } from '../ui/button.tsx'
import { GrowingTextarea } from '../ui/growing-textarea.tsx'
import { useKept } from '../ui/kept.ts'
import { isCommand, sendKeys } from '../ui/keys.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { homeWords, starters } from './strings.ts'
import { useCreateApp } from './use-create-app.ts'

/** The box in which an app begins. What is typed survives a reload. */
export function PromptForm() {
  const [prompt, setPrompt] = useKept('prompt', '')
  const [model, setModel] = useState('')
  const [mode, setMode] = useState<Mode>('build')
  const field = useRef<HTMLTextAreaElement>(null)
  const create = useCreateApp(() => setPrompt(''))
  const ready = prompt.trim() !== '' && !create.isPending

  const send = (): void => {
    if (!ready) return
    create.mutate({ prompt: prompt.trim(), mode, ...(model && { model }) })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(isCommand(event) || event.ctrlKey) || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  const start = (text: string): void => {
    setPrompt(text)
    field.current?.focus()
  }
  return (
    <form
      className="mt-4"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <div className="rounded-panel border border-control bg-panel transition-colors focus-within:border-ink">
        <GrowingTextarea
          ref={field}
          autoFocus
          aria-label={homeWords.promptLabel}
          placeholder={homeWords.placeholder}
          value={prompt}
          lines={[4, 12]}
          className="box-content w-auto px-4 pt-3 pb-1 text-16 focus-visible:outline-none"
          onChange={(event) => setPrompt(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <div className="flex flex-wrap items-center gap-1 p-2">
          <ModelSelect value={model} onChange={setModel} />
          <ModeSelect value={mode} onChange={setMode} />
          <span className="ml-auto hidden pr-1 text-12 text-muted sm:block">{sendKeys}</span>
          <Button type="submit" tone="primary" size="large" disabled={!ready} className="ml-auto sm:ml-0">
            {create.isPending ? <Spinner className="text-current" /> : <ArrowUp />}
            {create.isPending ? homeWords.sending : homeWords.send}
          </Button>
        </div>
      </div>
      {create.error && <ProblemNote error={create.error} className="mt-2" />}
      <Starters onChoose={start} />
    </form>
  )
}

const Starters = ({ onChoose }: { onChoose: (prompt: string) => void }) => (
  <p className="mt-3 flex flex-wrap gap-x-4 gap-y-1 px-1 text-13">
    <span className="text-muted">{homeWords.starters}</span>
    {starters.map(({ label, prompt }) => (
      <button
        key={label}
        type="button"
        className="rounded-control underline decoration-control underline-offset-4 transition-colors hover:decoration-ink"
        onClick={() => onChoose(prompt)}
      >
        {label}
      </button>
    ))}
  </p>
)
