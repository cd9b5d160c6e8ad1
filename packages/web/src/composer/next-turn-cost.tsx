import type { Mode } from '@overskill/protocol'
import { useQuery } from '@tanstack/react-query'
import { estimateQuery } from '../api/queries.ts'
import { useAppState } from '../editor/app-context.tsx'
import { useEditor } from '../editor/editor-actions.tsx'
import { Tip } from '../ui/tip.tsx'
import { capWords, estimateBasis, estimateWords } from './estimate-words.ts'
import { composerWords } from './strings.ts'

/** What the next turn will probably cost, before it is sent, and whether a limit would end it. */
export function NextTurnCost({ mode }: { mode: Mode }) {
  const { id, model } = useAppState((state) => state.snapshot.app)
  const ended = useAppState(
    (state) =>
      state.snapshot.conversation.turns.filter((turn) => turn.status !== 'queued' && turn.status !== 'running').length,
  )
  const { data } = useQuery(estimateQuery(id, model, mode, ended))
  const { openUsage } = useEditor()
  // One line high from the beginning: the text above must not move when the answer comes.
  if (!data) return <div className="mt-1.5 h-4" />
  const cap = capWords(data)
  return (
    <div className="mt-1.5 min-h-4 px-1 text-12 text-muted tabular-nums">
      <Tip text={estimateBasis(data)}>
        <p tabIndex={0} className="w-fit max-w-full rounded-control">
          {estimateWords(data)}
        </p>
      </Tip>
      {cap !== undefined && (
        <p role="status" className={data.cap?.when === 'possible' ? '' : 'text-ink'}>
          {cap}{' '}
          <button type="button" className="underline underline-offset-2 hover:text-ink" onClick={openUsage}>
            {composerWords.limits}
          </button>
        </p>
      )}
    </div>
  )
}
