import { colourIn, type Colour } from './colours.ts'
import { parseFields, type Field } from './fields.ts'
import { parseBuild, promptLimit, themeIn, type Theme } from './intent.ts'
import { capitalised } from './words.ts'

/** One change of an app that a follow-up asks for. */
export type Change =
  | { change: 'rename'; name: string }
  | { change: 'colour'; colour: Colour }
  | { change: 'theme'; theme: Theme }
  | { change: 'fields'; fields: readonly Field[] }

const nameWords = String.raw`(?:"([^"]{1,80})"|'([^']{1,80})'|(.+?))(?=$|[.!?,;]| and (?:make|add|change|turn|use|go|give|set|switch|colou?r)\b)`
const renames = [
  String.raw`\b(?:call|name|rename|title) (?:(?:the|this|my|our) (?:app|page|site|list|thing)|it|this|that)(?: (?:to|as|into))? ${nameWords}`,
  String.raw`\brename(?: it)? to ${nameWords}`,
  String.raw`\b(?:name|title)\b[^.!?"]{0,30}? (?:to|should be|must be|becomes) ${nameWords}`,
].map((source) => new RegExp(source, 'i'))

const additions =
  /\b(?:add(?: in)?|include|insert|also (?:track|store|record|show|keep)|i(?:'d| would)? (?:also )?(?:want|need|like)|(?:should|must|needs? to) (?:also )?have)\s+(.+?)(?=$|[.!?]| (?:to|for|on|in) (?:each|every|the|my|our|all|it|them)\b| and (?:make|call|rename|change|turn|use|go|give|set|switch)\b)/i

/** Words that turn a colour away instead of asking for it. */
const against = /\b(?:not|don't|do not|no|less|without|hate|dislike|remove|instead of)\b/i

/** The changes that a follow-up asks for, in a fixed order; none when it asks for something else. */
export function parseChanges(prompt: string): Change[] {
  const words = prompt
    .slice(0, promptLimit)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[“”„]/g, '"')
    .replaceAll('’', "'")
    .trim()
  const rename = renames.map((pattern) => pattern.exec(words)).find((found) => found !== null)
  const unnamed = rename ? words.replace(rename[0], ' ') : words
  const addition = additions.exec(unnamed)
  const fields = addition?.[1] === undefined ? [] : parseFields(addition[1]).filter(isShort)
  const look = fields.length > 0 && addition ? unnamed.replace(addition[0], ' ') : unnamed
  return [
    ...nameChange(rename),
    ...lookChanges(look),
    ...(fields.length > 0 ? [{ change: 'fields' as const, fields }] : []),
  ]
}

const isShort = ({ label }: Field) => label.split(' ').length <= 4

function nameChange(found: RegExpExecArray | null | undefined): Change[] {
  const name = (found?.[1] ?? found?.[2] ?? found?.[3] ?? '').trim()
  return name === '' ? [] : [{ change: 'rename', name: capitalised(name).slice(0, 80) }]
}

const asksForLook =
  /\b(?:make|change|turn|use|set|switch|paint|colou?r|give|want|prefer|go|be|in|try|like|need|theme|mode|more)\b|^(?:an? |the )?(?:\w+[ -])?\w+(?: please)?[.!]?$/i

function lookChanges(words: string): Change[] {
  if (against.test(words) || !asksForLook.test(words)) return []
  const colour = colourIn(words)
  const theme = themeIn(words)
  return [
    ...(colour ? [{ change: 'colour' as const, colour }] : []),
    ...(theme ? [{ change: 'theme' as const, theme }] : []),
  ]
}

/** Whether a prompt asks for an app from scratch, though there is one: it begins like a first prompt. */
export function asksForNewApp(prompt: string): boolean {
  const opens =
    /^(?:please |now |instead,? )*(?:(?:(?:can|could) you )?(?:build|create|make|write|generate|design)(?: me| us)?|i (?:want|need)|i'd like|give me)? ?(?:an?|another|new)\b/i
  return opens.test(prompt.trim()) && parseBuild(prompt).kind !== 'decline'
}

/** Whether a prompt can only be about something that is there already. */
export const asksForChange = (prompt: string) =>
  /^(?:please |now |can you )*(?:call|name|rename|add|change|turn|switch|set|recolou?r|make (?:it|this))\b/i.test(
    prompt.trim(),
  )
