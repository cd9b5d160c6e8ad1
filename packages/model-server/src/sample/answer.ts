import { text, type ReplyPart } from '../reply.ts'
import { appOf, buildReply, pathOf } from './build-turn.ts'
import { changeReply } from './change-turn.ts'
import { asksForChange, asksForNewApp, parseChanges } from './changes.ts'
import { readConversation, type Mode, type PastTurn } from './conversation.ts'
import { parseBuild } from './intent.ts'
import * as say from './say.ts'

/** The sample model's reply to a request. A pure function of the body: the same request gets the same parts. */
export function sampleReply(body: Record<string, unknown>): ReplyPart[] {
  const { turns, mode } = readConversation(body)
  const turn = turns.at(-1) ?? { prompt: '', steps: [] }
  const earlier = turns.slice(0, -1)
  const hasApp = pathsWritten(earlier).length > 0
  const intent = parseBuild(turn.prompt)
  const changes = hasApp && asksForNewApp(turn.prompt) ? [] : parseChanges(turn.prompt)
  if (changes.length > 0 && (hasApp || intent.kind === 'decline' || asksForChange(turn.prompt)))
    return mode === 'build' ? changeReply(changes, turn.steps, nounOf(earlier)) : [text(say.plannedChanges(changes))]
  if (intent.kind === 'decline')
    return [
      text(/\b(undo|revert|go back|restore)\b/i.test(turn.prompt) ? say.undo : say.declined(intent.closest, hasApp)),
    ]
  return build(intent, turn, mode, pathsWritten(earlier))
}

function build(intent: say.Build, turn: PastTurn, mode: Mode, oldPaths: readonly string[]): ReplyPart[] {
  if (mode === 'build') return buildReply(intent, turn.steps, oldPaths)
  const { files, edits } = appOf(intent)
  return [text(say.planned(intent, [...new Set([...files, ...edits].map(({ path }) => path))]))]
}

/** Files that earlier turns have written and not deleted. */
function pathsWritten(turns: readonly PastTurn[]): string[] {
  const paths = new Set<string>()
  for (const call of turns.flatMap(({ steps }) => steps).flatMap(({ calls }) => calls)) {
    if (!call.result?.ok) continue
    if (call.name === 'os-write') paths.add(pathOf(call))
    if (call.name === 'os-delete') paths.delete(pathOf(call))
  }
  return [...paths]
}

/** What the app's rows are, if an earlier turn built a collection. */
function nounOf(turns: readonly PastTurn[]) {
  const intent = turns.map(({ prompt }) => parseBuild(prompt)).findLast(({ kind }) => kind === 'collection')
  return intent?.kind === 'collection' ? intent.noun : undefined
}
