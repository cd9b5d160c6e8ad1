import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { Elapsed } from '../ui/clock.tsx'
import { duration } from '../ui/figures.ts'
import { conversationWords } from './strings.ts'

type ThinkingBlockProps = { text: string; ms: number | undefined; done: boolean }

/** One muted line; what was thought is behind it. */
export function ThinkingBlock({ text, ms, done }: ThinkingBlockProps) {
  const [open, setOpen] = useState(false)
  return (
    <div className="text-13 text-muted">
      <button
        type="button"
        aria-expanded={open}
        className="-mx-1 flex h-7 items-center gap-1 rounded-control px-1 transition-colors hover:text-ink"
        onClick={() => setOpen(!open)}
      >
        <ChevronRight
          aria-hidden
          className={`size-4 transition-transform ${open ? 'rotate-90' : ''}`}
          strokeWidth={1.5}
        />
        {done ? (
          ms === undefined ? (
            conversationWords.thought
          ) : (
            conversationWords.thoughtFor(duration(ms))
          )
        ) : (
          <>
            {conversationWords.thinking}
            <Elapsed className="ml-1" />
          </>
        )}
      </button>
      {open && (
        <p dir="auto" className="mt-1 mb-2 border-s-2 border-hairline ps-3 wrap-anywhere whitespace-pre-wrap">
          {text || (done && conversationWords.thoughtHidden)}
        </p>
      )}
    </div>
  )
}
