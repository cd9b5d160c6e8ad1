import { text, toolUse, type ReplyPart } from '../reply.ts'
import { calculatorFiles } from '../apps/calculator.ts'
import { collectionFiles } from '../apps/collection.ts'
import { landingFiles } from '../apps/landing.ts'
import { themeEdits, titleEdit } from '../apps/starter-edits.ts'
import type { AppFile, FileEdit } from '../apps/templates.ts'
import type { PastCall, PastStep } from './conversation.ts'
import { contentOfView, replacementFor } from './file-view.ts'
import * as say from './say.ts'
import { capitalised } from './words.ts'

/** The files that an app is, and its changes to files that the starter brings. */
export function appOf(intent: say.Build): { files: AppFile[]; edits: FileEdit[] } {
  return {
    files: filesOf(intent),
    edits: [titleEdit(intent.name, capitalised(say.reading(intent))), ...themeEdits(intent)],
  }
}

function filesOf(intent: say.Build): AppFile[] {
  switch (intent.kind) {
    case 'collection':
      return collectionFiles(intent)
    case 'landing':
      return landingFiles(intent)
    case 'calculator':
      return calculatorFiles(intent)
  }
}

const triesPerFile = 2

/** The next reply of a turn that builds an app: look, write everything at once, tick off the plan, close. */
export function buildReply(intent: say.Build, steps: readonly PastStep[], oldPaths: readonly string[]): ReplyPart[] {
  const app = appOf(intent)
  const calls = steps.flatMap((step) => step.calls)
  if (steps.length === 0) return opening(intent, app)
  const written = new Set(calls.filter(({ name, result }) => name === 'os-write' && result?.ok).map(pathOf))
  const missing = app.files.filter(({ path }) => !written.has(path))
  const tries = (path: string) => calls.filter((call) => call.name === 'os-write' && pathOf(call) === path).length
  const open = missing.filter(({ path }) => tries(path) < triesPerFile)
  if (open.length > 0) return writing(open, app, calls, oldPaths)
  if (missing.length > 0) return [text(unfinished(missing, calls))]
  const plans = calls.filter(({ name }) => name === 'os-plan').length
  return plans < 2 ? [toolUse('os-plan', { items: planItems(intent, app, 'done') })] : [text(closing(intent, calls))]
}

function opening(intent: say.Build, app: ReturnType<typeof appOf>): ReplyPart[] {
  const looked = [...new Set(app.edits.map(({ path }) => path))]
  return [
    text(say.opening(intent)),
    toolUse('rename-app', { name: intent.name, description: `${capitalised(say.reading(intent))}.` }),
    toolUse('os-plan', { items: planItems(intent, app, 'todo') }),
    ...looked.map((path) => toolUse('os-view', { file_path: path, start_line: 1, end_line: 2000 })),
  ]
}

function writing(
  missing: readonly AppFile[],
  app: ReturnType<typeof appOf>,
  calls: readonly PastCall[],
  oldPaths: readonly string[],
): ReplyPart[] {
  const isFirst = !calls.some(({ name }) => name === 'os-write')
  const kept = new Set(app.files.map(({ path }) => path))
  return [
    ...(isFirst ? [text(say.writing(missing.length))] : []),
    ...missing.map(({ path, content }) => toolUse('os-write', { file_path: path, content })),
    ...(isFirst ? editCalls(app.edits, calls) : []),
    ...(isFirst ? oldPaths.filter((path) => !kept.has(path)) : []).map((path) =>
      toolUse('os-delete', { file_path: path }),
    ),
  ]
}

/** Edits of the files that this turn has looked at, each against the text as it then stands. */
export function editCalls(edits: readonly FileEdit[], calls: readonly PastCall[]): ReplyPart[] {
  const texts = lastViews(calls)
  return edits.flatMap(({ path, apply }) => {
    const before = texts.get(path)
    if (before === undefined) return []
    const after = apply(before)
    texts.set(path, after)
    const replacement = replacementFor(before, after)
    return replacement ? [toolUse('os-replace', { file_path: path, ...replacement })] : []
  })
}

/** What the newest successful look at each file showed. */
export function lastViews(calls: readonly PastCall[]): Map<string, string> {
  const views = new Map<string, string>()
  for (const call of calls) {
    if (call.name !== 'os-view' || !call.result?.ok) continue
    const content = contentOfView(call.result.text)
    if (content !== undefined) views.set(pathOf(call), content)
  }
  return views
}

export const pathOf = ({ input }: PastCall) => (typeof input['file_path'] === 'string' ? input['file_path'] : '')

function planItems(intent: say.Build, { files }: ReturnType<typeof appOf>, status: 'todo' | 'done') {
  const of = (folder: string) => files.filter(({ path }) => path.startsWith(folder)).length
  const items = [
    `Name the app “${intent.name}”`,
    `Write its data and logic (${files.length - of('src/components/') - of('src/pages/')} files)`,
    `Write its components and page (${of('src/components/') + of('src/pages/')} files)`,
    intent.colour ? `Put ${intent.colour.name} into the theme, set title and description` : 'Set title and description',
  ]
  return items.map((words, at) => ({ text: words, status: status === 'todo' && at === 0 ? 'doing' : status }))
}

function closing(intent: say.Build, calls: readonly PastCall[]): string {
  const failed = calls.filter(({ name, result }) => result?.ok === false && ['os-replace', 'rename-app'].includes(name))
  const problems = failed.map(
    (call) =>
      `${call.name === 'rename-app' ? 'The new name' : `A change of \`${pathOf(call)}\``} did not go through: ${firstLine(call)}`,
  )
  return [say.done(intent), ...problems].join('\n\n')
}

const unfinished = (missing: readonly AppFile[], calls: readonly PastCall[]) => {
  const failed = calls.findLast(({ name, result }) => name === 'os-write' && result?.ok === false)
  return `The app is not complete: ${missing.map(({ path }) => `\`${path}\``).join(', ')} could not be written.${failed ? ` ${firstLine(failed)}` : ''}`
}

export const firstLine = ({ result }: PastCall) => (result?.text.split('\n')[0] ?? '').slice(0, 200)
