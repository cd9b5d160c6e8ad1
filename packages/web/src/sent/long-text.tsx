import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { sentWords } from './strings.ts'

/** So much is drawn at once: a request may have megabytes. */
const pageChars = 20_000

/** A text of any length, drawn from its beginning, more of it on demand. */
export function LongText({ text, label }: { text: string; label: string }) {
  const [drawn, setDrawn] = useState(pageChars)
  const left = text.length - drawn
  return (
    <>
      <pre
        tabIndex={0}
        role="region"
        aria-label={label}
        className="relative mt-1 max-h-96 overflow-auto rounded-control bg-sunken p-2 text-12 wrap-anywhere whitespace-pre-wrap"
      >
        {text.slice(0, drawn)}
      </pre>
      {left > 0 && (
        <Button size="small" className="mt-1" onClick={() => setDrawn(drawn + pageChars)}>
          {sentWords.more(Math.min(left, pageChars))}
        </Button>
      )}
    </>
  )
}
