import { text, toolUse, type ReplyPart } from '../reply.ts'
import { addFieldEdit, addSampleEdit, fieldsPath, hasField, nameEdit, samplePathIn } from '../apps/collection-edits.ts'
import { colourEdits, themeEdit, titleEdit } from '../apps/starter-edits.ts'
import type { FileEdit } from '../apps/templates.ts'
import { editCalls, firstLine, lastViews, pathOf } from './build-turn.ts'
import type { Change } from './changes.ts'
import type { PastCall, PastStep } from './conversation.ts'
import type { Noun } from './nouns.ts'
import * as say from './say.ts'

const retryLimit = 2

/**
 * The next reply of a turn that changes an app: look at the files, edit what they say now, look again where an edit found no
 * place, and close with what was done. The files may have been edited by a person, so nothing is taken from memory.
 */
export function changeReply(
  changes: readonly Change[],
  steps: readonly PastStep[],
  noun: Noun | undefined,
): ReplyPart[] {
  const calls = steps.flatMap((step) => step.calls)
  const paths = pathsOf(changes, lastViews(calls))
  const unseen = paths.filter((path) => !calls.some((call) => call.name === 'os-view' && pathOf(call) === path))
  const look = unseen.map(view)
  if (steps.length === 0) return [text(say.looking), ...look]
  if (look.length > 0) return look
  const edits = editsOf(changes, lastViews(calls), noun)
  if (!calls.some(isEdit)) {
    const first = [...renameCalls(changes), ...editCalls(edits, calls)]
    return first.length > 0 ? first : [text(closing(changes, calls))]
  }
  return recovery(edits, steps, calls) ?? [text(closing(changes, calls))]
}

const view = (path: string) => toolUse('os-view', { file_path: path, start_line: 1, end_line: 2000 })
const isEdit = ({ name }: PastCall) => name === 'os-replace' || name === 'os-write' || name === 'rename-app'
const isLost = ({ name, result }: PastCall) =>
  name === 'os-replace' && result?.ok === false && /\b(NO_MATCH|AMBIGUOUS|STALE)\b/.test(result.text)

/** Edits that found no place: look at their files again, then repeat against what they say; at last write the whole file. */
function recovery(
  edits: readonly FileEdit[],
  steps: readonly PastStep[],
  calls: readonly PastCall[],
): ReplyPart[] | undefined {
  const last = steps.at(-1)?.calls ?? []
  const lost = [...new Set(last.filter(isLost).map(pathOf))]
  const retries = steps.filter(({ calls: one }) => one.some(isLost)).length
  if (lost.length > 0 && retries <= retryLimit) return lost.map(view)
  const seenAgain = last.filter(({ name, result }) => name === 'os-view' && result?.ok).map(pathOf)
  const again = edits.filter(({ path }) => seenAgain.includes(path))
  const parts = retries < retryLimit ? editCalls(again, calls) : wholeFiles(again, lastViews(calls))
  return parts.length > 0 ? parts : undefined
}

function wholeFiles(edits: readonly FileEdit[], texts: Map<string, string>): ReplyPart[] {
  return [...new Set(edits.map(({ path }) => path))].flatMap((path) => {
    const before = texts.get(path)
    if (before === undefined) return []
    const content = edits.reduce((words, edit) => (edit.path === path ? edit.apply(words) : words), before)
    return content === before ? [] : [toolUse('os-write', { file_path: path, content: `${content}\n` })]
  })
}

const renameCalls = (changes: readonly Change[]): ReplyPart[] =>
  changes.flatMap((change) => (change.change === 'rename' ? [toolUse('rename-app', { name: change.name })] : []))

function pathsOf(changes: readonly Change[], texts: Map<string, string>): string[] {
  const sample = samplePathIn(texts.get(fieldsPath) ?? '')
  const paths = changes.flatMap(({ change }) => {
    if (change === 'rename') return ['src/data/app.ts', 'index.html']
    if (change === 'colour') return ['src/index.css']
    if (change === 'theme') return ['src/main.tsx']
    return [fieldsPath, ...(sample ? [sample] : [])]
  })
  return [...new Set(paths)]
}

function editsOf(changes: readonly Change[], texts: Map<string, string>, noun: Noun | undefined): FileEdit[] {
  const sample = samplePathIn(texts.get(fieldsPath) ?? '')
  return changes.flatMap((change): FileEdit[] => {
    switch (change.change) {
      case 'rename':
        return [nameEdit(change.name), titleEdit(change.name)]
      case 'colour':
        return colourEdits(change.colour)
      case 'theme':
        return [themeEdit(change.theme)]
      case 'fields':
        return change.fields.flatMap((field) => [
          addFieldEdit(field),
          ...(sample ? [addSampleEdit(sample, field, noun ?? { one: 'entry', examples: {} })] : []),
        ])
    }
  })
}

/** What was done and what was not, each in a sentence: only what the results say. */
function closing(changes: readonly Change[], calls: readonly PastCall[]): string {
  const done = calls.filter((call) => isEdit(call) && call.result?.ok)
  const changed = new Set(done.map((call) => (call.name === 'rename-app' ? 'name' : pathOf(call))))
  const views = firstViews(calls)
  const lines = changes.map((change) => sentence(change, changed, views))
  const refused = calls.filter((call) => call.name === 'rename-app' && call.result?.ok === false).map(firstLine)
  return [...lines, ...refused].join(' ')
}

function sentence(change: Change, changed: ReadonlySet<string>, views: ReadonlyMap<string, string>): string {
  const outcome = (path: string, success: string) => (changed.has(path) ? success : unchanged(path, views))
  switch (change.change) {
    case 'rename':
      return changed.has('name') || changed.has('src/data/app.ts')
        ? `Renamed the app to “${change.name}”.`
        : unchanged('src/data/app.ts', views)
    case 'colour':
      return outcome('src/index.css', `Changed the colour to ${change.colour.name}, in the light and the dark theme.`)
    case 'theme':
      return outcome(
        'src/main.tsx',
        `The app now starts ${change.theme}; a theme chosen with its own switch stays chosen.`,
      )
    case 'fields': {
      const code = views.get(fieldsPath)
      if (code === undefined) return say.noFields
      const isThere = change.fields.filter((field) => hasField(code, field))
      const fresh = change.fields.filter((field) => !hasField(code, field))
      const added = fresh.length > 0 && changed.has(fieldsPath)
      return [
        added ? say.fieldsAdded(fresh) : fresh.length > 0 ? unchanged(fieldsPath, views) : '',
        isThere.length > 0 ? say.fieldsThere(isThere) : '',
      ]
        .filter(Boolean)
        .join(' ')
    }
  }
}

const unchanged = (path: string, views: ReadonlyMap<string, string>) =>
  views.has(path)
    ? `\`${path}\` is as it was: it says that already, or has no place for it.`
    : `There is no \`${path}\` in this app, so that was not changed.`

/** What each file said when the turn first looked at it. */
function firstViews(calls: readonly PastCall[]): Map<string, string> {
  return lastViews(calls.toReversed())
}
