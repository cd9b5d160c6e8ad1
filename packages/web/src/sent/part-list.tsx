import { promptTokens, type SentRequest } from '@overskill/protocol'
import { useMemo, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { size } from '../ui/figures.ts'
import { LongText } from './long-text.tsx'
import { partsOf, roughTokens, shareTokens, type SentPart, type TokenShare } from './request-parts.ts'
import { sentWords } from './strings.ts'

/** A long conversation has hundreds of messages; so many are drawn at once. */
const pageParts = 100

const figure = (count: number): string => count.toLocaleString('en')

/** A request by part, with how much of it each part is. */
export function PartList({ sent }: { sent: SentRequest }) {
  const { parts } = useMemo(() => partsOf(sent.request), [sent.request])
  const [drawn, setDrawn] = useState(pageParts)
  const usage = sent.tries === 1 ? sent.usage : undefined
  const prompt = usage ? promptTokens(usage) : roughTokens(parts)
  const shares = shareTokens(parts, { prompt, cacheRead: usage?.cacheReadTokens ?? 0 })
  if (parts.length === 0) return <p className="mt-3 text-muted">{sentWords.none}</p>
  const left = parts.length - drawn
  return (
    <>
      <ol className="mt-3 divide-y divide-hairline">
        {parts.slice(0, drawn).map((part, place) => (
          // A part's place is its name: a request that was sent never changes.
          <Part key={place} part={part} name={nameOf(part, place, parts)} share={shares[place]} prompt={prompt} />
        ))}
      </ol>
      {left > 0 && (
        <Button size="small" className="mt-2" onClick={() => setDrawn(drawn + pageParts)}>
          {sentWords.moreParts(Math.min(left, pageParts))}
        </Button>
      )}
      <p className="mt-3 text-12 text-muted">{usage ? sentWords.shares : ''}</p>
    </>
  )
}

/** Messages are numbered from 1; what stands before them is not. */
function nameOf({ kind, role }: SentPart, place: number, parts: readonly SentPart[]): string {
  if (kind !== 'message') return sentWords.kinds[kind]
  const first = parts.findIndex((part) => part.kind === 'message')
  return `${sentWords.kinds.message} ${sentWords.part(place - first + 1, role)}`
}

type PartProps = { part: SentPart; name: string; share: TokenShare | undefined; prompt: number }

function Part({ part, name, share = { tokens: 0, cached: 0 }, prompt }: PartProps) {
  const [open, setOpen] = useState(false)
  const percent = prompt === 0 ? 0 : (share.tokens / prompt) * 100
  return (
    <li className="py-1.5 text-13">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="cursor-pointer rounded-control hover:bg-hover">
          <span className="inline-flex w-[calc(100%-1.25rem)] flex-wrap items-baseline gap-x-3 align-top">
            <span className="flex min-w-0 flex-1 gap-x-3 max-sm:basis-full">
              <span className="shrink-0">{name}</span>
              <span className="min-w-0 truncate text-muted">{part.holds.join(', ')}</span>
            </span>
            <span className="text-muted tabular-nums">{size(part.bytes)}</span>
            <span className="tabular-nums">{sentWords.tokens(figure(share.tokens))}</span>
            <span className="w-12 text-right text-muted tabular-nums">{percent.toFixed(1)} %</span>
            <span className="w-22 text-right text-muted">{cacheWords(share)}</span>
          </span>
        </summary>
        {open && <LongText text={JSON.stringify(part.value, null, 2)} label={name} />}
      </details>
    </li>
  )
}

const cacheWords = ({ tokens, cached }: TokenShare): string =>
  cached === 0 ? '' : cached === tokens ? sentWords.cached : sentWords.partlyCached
