import type { Block, Notice } from '@overskill/protocol'
import { memo } from 'react'
import { SentButton } from '../sent/sent-dialog.tsx'
import { saidIn, type Exchange } from './exchanges.ts'
import { NoticeBlock } from './notice-block.tsx'
import { conversationWords } from './strings.ts'
import { SourcesBlock } from './sources-block.tsx'
import { TextBlock } from './text-block.tsx'
import { ThinkingBlock } from './thinking-block.tsx'
import { ToolsBlock } from './tools-block.tsx'
import { TurnEnding } from './turn-ending.tsx'
import { VersionCard } from './version-card.tsx'

type ExchangeViewProps = { exchange: Exchange; last: boolean }

/** What a person said and what came of it, in the order in which it was produced. */
export const ExchangeView = memo(
  ({ exchange, last }: ExchangeViewProps) => (
    <article className="space-y-3">
      {exchange.user && (
        <div className="rounded-control bg-sunken px-3 py-2">
          <h2 className="sr-only">{conversationWords.you}</h2>
          <p dir="auto" className="wrap-anywhere whitespace-pre-wrap">
            {exchange.user.text}
          </p>
        </div>
      )}
      {exchange.assistant?.blocks.map((block, index) => (
        // A block's index is its name: blocks are only ever appended.
        <BlockView key={index} block={block} exchange={exchange} last={last} />
      ))}
      <TurnEnding exchange={exchange} active={last} />
      {exchange.state && exchange.state.steps > 0 && <SentButton turn={exchange.state} />}
    </article>
  ),
  (one, other) =>
    one.last === other.last &&
    one.exchange.user === other.exchange.user &&
    one.exchange.assistant === other.exchange.assistant &&
    one.exchange.state === other.exchange.state,
)
ExchangeView.displayName = 'ExchangeView'

/** The raw words behind a notice that says how the turn failed. */
const detailOf = (notice: Notice, { state }: Exchange): string | undefined =>
  state?.error?.message === notice.text ? state.error.detail : undefined

type BlockViewProps = ExchangeViewProps & { block: Block | undefined }

function BlockView({ block, exchange, last }: BlockViewProps) {
  switch (block?.type) {
    case 'text':
      return <TextBlock text={block.text} done={block.done} />
    case 'thinking':
      return <ThinkingBlock text={block.text} ms={block.ms} done={block.done} />
    case 'tools':
      return <ToolsBlock block={block} />
    case 'notice':
      if (block.code === 'sources') return <SourcesBlock text={block.text} />
      return (
        <NoticeBlock
          notice={block}
          detail={detailOf(block, exchange)}
          said={saidIn(exchange)}
          active={last && exchange.state?.status !== 'running'}
        />
      )
    case 'version':
      return <VersionCard version={block.version} turn={exchange.state} />
    case undefined: // a place that its event has not filled yet
      return null
  }
}
