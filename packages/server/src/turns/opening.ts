import { fence, type HistoryEntry } from '@overskill/agent'
import type { Mode } from '@overskill/protocol'
import { diffTrees, type Tree } from '@overskill/workspace'

/** What the model is told about modes; the executor enforces it (AGENT.md D.11). */
const modeText: Record<Mode, string> = {
  build: 'Mode: build. Make the changes that were asked for.',
  plan: 'Mode: plan. Do not change any file. Look at what you need, then describe what you would do, in steps.',
  chat: 'Mode: chat. Do not change any file. Answer the question.',
}

/** Files whose content the first request carries, so that the model need not look them up. */
export const openedWith: readonly string[] = ['package.json', 'src/App.tsx', 'src/index.css', 'src/pages/HomePage.tsx']

/** Longest list of paths told to the model, in lines. */
const listLines = 300

const list = (lines: readonly string[]): string =>
  lines.length <= listLines
    ? lines.join('\n')
    : `${lines.slice(0, listLines).join('\n')}\n… and ${lines.length - listLines} more; use os-list-files.`

export type OpeningInput = {
  text: string // what the person wrote
  mode: Mode
  appName: string
  date: Date
  tree: Tree
  /** The tree as the model last knew it; absent on the first turn. */
  known?: Tree
  /** Files whose content the first turn begins with, as text. */
  files: ReadonlyMap<string, string>
}

/**
 * The entries that begin a turn. Everything that varies stands here and not in the system text, so that what came before stays
 * byte for byte the same (AGENT.md B.3, C.3).
 */
export function openTurn(input: OpeningInput): HistoryEntry[] {
  const context = input.known ? changesSince(input.known, input.tree) : firstContext(input)
  const about = [`Date: ${input.date.toISOString().slice(0, 10)}. ${modeText[input.mode]}`, context]
  const text = fence('context', about.filter(Boolean).join('\n\n'))
  return [
    {
      role: 'user',
      content: [
        { type: 'text', text },
        { type: 'text', text: input.text },
      ],
    },
  ]
}

const paths = (tree: Tree): string => list([...tree].map(([path, { bytes }]) => `${path} (${bytes} bytes)`))

/** The files as they are now, for a conversation that begins anew in the middle of a turn (AGENT.md C.3). */
export const describeFiles = (tree: Tree): string => `The app's files as they are now:\n${paths(tree)}`

function firstContext({ appName, tree, files }: OpeningInput): string {
  const contents = [...files].map(([path, text]) => fence('file', text, `path="${path}"`))
  return [`The app is called "${appName}". Its files:`, paths(tree), ...contents].join('\n')
}

function changesSince(known: Tree, tree: Tree): string {
  const changes = diffTrees(known, tree)
  if (changes.length === 0) return ''
  const lines = changes.map(({ action, path, from }) => `${action}: ${from ? `${from} → ` : ''}${path}`)
  return `Files that changed since your last turn, by the person:\n${list(lines)}`
}
