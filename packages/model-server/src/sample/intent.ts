import { colourIn, colourPattern, withoutColours, type Colour } from './colours.ts'
import { parseFields, withTitleFirst, type Field } from './fields.ts'
import { findNoun, type Noun } from './nouns.ts'
import { capitalised, listed } from './words.ts'

/** What every kind of app may be asked for. `missing` are wishes that were understood and cannot be had here. */
type Look = {
  name: string
  purpose: string | undefined
  colour: Colour | undefined
  theme: Theme | undefined
  missing: readonly string[]
}
export type Theme = 'dark' | 'light'

/** What a first prompt asks for: one of the hand-written apps, or nothing that this model can build. */
export type BuildIntent =
  | ({ kind: 'collection'; noun: Noun; fields: readonly Field[] } & Look)
  | ({ kind: 'landing'; subject: string; sections: readonly string[] } & Look)
  | ({ kind: 'calculator' } & Look)
  | { kind: 'decline'; closest: 'collection' | 'calculator' | undefined }

/** The app that a prompt asks for. The same words always give the same answer; what does not fit is declined. */
export function parseBuild(prompt: string): BuildIntent {
  const words = plainWords(prompt)
  return calculatorIn(words) ?? landingIn(words) ?? collectionIn(words) ?? { kind: 'decline', closest: undefined }
}

/** Characters of a prompt that are read: more says nothing that a parser of keywords can use. */
export const promptLimit = 2_000

const plainWords = (prompt: string) =>
  prompt
    .slice(0, promptLimit)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[“”„]/g, '"')
    .replaceAll('’', "'")
    .trim()
    .replace(
      /^(?:please |hi[,!. ]+|hello[,!. ]+|hey[,!. ]+)*(?:(?:can|could|would) you (?:please )?|i(?:'d| would) (?:like|love)(?: you to)? |i (?:want|need)(?: you to)? |let's |help me )?(?:please )?(?:(?:build|make|create|write|design|generate|develop|give|do|have|set up)(?: me| us)? )?/i,
      '',
    )

// Calculator

const calculatorWord = /^(.*?)\b(calculator|taschenrechner)\b/i
const plainCalculator =
  /^(?:(?:an?|the|my|our|simple|basic|small|nice|plain|clean|beautiful|pretty|pocket|desk|desktop|modern|minimal|minimalist|web|online|little|easy|good|standard|normal|four-function|everyday|keyboard|friendly|big|large|dark|light|themed|app|with|and|,|-)\s*)*$/i

function calculatorIn(words: string): BuildIntent | undefined {
  const found = calculatorWord.exec(words)
  if (!found) return undefined
  const before = (found[1] ?? '').replaceAll(new RegExp(colourPattern, 'gi'), ' ').trim()
  if (!plainCalculator.test(before) || /\b(scientific|mortgage|loan|tip|bmi|tax|currency)\b/i.test(words))
    return { kind: 'decline', closest: 'calculator' }
  return { kind: 'calculator', ...lookOf(words, 'Calculator') }
}

// Landing page

const landingWord =
  /\b(landing[ -]?page|(?:home|product|marketing|launch|sales|coming[ -]soon) ?page|one[ -]?pager|(?:web ?)?site|web ?page)\b(?:\s+(?:for|about|of)\s+(?:(?:a|an|the|my|our|your)\s+)?([^.,;:!?"]+))?/i
const sectionWords: [RegExp, string][] = [
  [/\bpric(?:e|es|ing)\b|\bplans\b/i, 'pricing'],
  [/\bfaqs?\b|\bquestions\b/i, 'faq'],
  [/\bcontact|\bform\b/i, 'contact'],
  [/\bsteps\b|how it works/i, 'steps'],
  [/\bfeatures?\b|\bservices\b|\bbenefits\b/i, 'features'],
]

function landingIn(words: string): BuildIntent | undefined {
  const found = landingWord.exec(words)
  const isNamed =
    found &&
    (/landing/i.test(found[0]) || !/\b(?:with|including|columns?|fields?)\b/i.test(words.slice(0, found.index)))
  if (!isNamed) return undefined
  const before = words.slice(0, found.index)
  const named =
    found[2] ??
    / ([a-z][\w' -]*?) $/i.exec(` ${before.replace(/^(?:an?|the|my|our|simple|modern|beautiful|nice)\s+/gi, '')}`)?.[1]
  const subject = tidySubject(named ?? '') || 'product'
  const asked = sectionWords.filter(([pattern]) => pattern.test(words)).map(([, section]) => section)
  const sections =
    asked.length > 0
      ? [...new Set(['features', ...asked, 'contact'])]
      : ['features', 'steps', 'pricing', 'faq', 'contact']
  return { kind: 'landing', subject, sections, ...lookOf(words, titled(subject)) }
}

const tidySubject = (words: string) =>
  words
    .replace(/\b(?:called|named|with|in|that|which|where|who|using|and a|and an|featuring)\b.*$/i, '')
    .replaceAll(new RegExp(colourPattern, 'gi'), '')
    .replaceAll(/\b(?:an?|the|my|our|simple|modern|beautiful|nice|clean|single|new|dark|light)\b\s*/gi, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase()

const titled = (words: string) => words.split(' ').map(capitalised).join(' ')

// Collection

const listWord =
  '(?:list|tracker|collection|catalogue|catalog|inventory|library|log|logbook|journal|diary|directory|register|organi[sz]er|database|manager|archive|app)'
const ofNoun = new RegExp(
  String.raw`\b(?:list|collection|catalogue|catalog|inventory|library|log|record|register|directory|database|overview|archive) of (?:(?:all|the|my|our|your|their|me|us) )*([a-z0-9][a-z0-9' -]*?)(?=$|[.,;:!?"(]| (?:with|in|for|that|which|where|so|including|and their|i|we|called|named|having|from|at|by)\b)`,
  'i',
)
const nounList = new RegExp(
  String.raw`(?:^|\b(?:an?|the|my|our|one|some)\s+)((?:[a-z0-9][a-z0-9'-]*\s+){1,3}?)${listWord}\b`,
  'i',
)
const trackNoun =
  /\b(?:track|manage|organi[sz]e|catalogue?|collect|record|keep track of|keep|log|remember|store|list)\s+(?:(?:of|all|the|my|our|your) )*([a-z0-9][a-z0-9' -]*?)(?=$|[.,;:!?"(]| (?:with|in|for|that|which|where|so|including|and their|i|we|called|named|by|on|at)\b)/i
const wholeWord =
  /\b(reading list|to-?do(?:s| list| app)?|watch ?list|wish ?list|shopping list|playlist|library|inventory|journal|diary|contacts|crm|recipe book|address book|guest list|notes)\b/i
const fieldList = /^(?:an?|the|my|our)?\s*([a-z][a-z' -]*?)\s+(?:with|including)\b/i

/** Kinds of program that are more than a list of things, whatever stands around them. */
const otherPrograms =
  /\b(game|quiz|timer|stopwatch|pomodoro|chat|chatbot|clone|dashboard|shop|store|e-?commerce|kanban|board|blog|forum|map|editor|converter|generator|poll|survey|booking|reservation|social network|calendar|player|marketplace|simulator|calculator|portfolio|auction|wallet|translator|scheduler|visuali[sz]er|platform|server|api|bot|landing)\b/i
const fillers =
  /^(?:(?:an?|the|my|our|simple|small|little|nice|plain|clean|beautiful|pretty|modern|minimal|personal|shared|family|private|online|web|digital|smart|big|full|complete|new|dark|light|shareable|colou?rful|useful|good|great|easy|mobile|responsive|own)\s+)+/i

function collectionIn(words: string): BuildIntent | undefined {
  const listed = nounPhrase(words)
  if (listed === undefined) return undefined
  const noun = findNoun(listed.noun)
  const phrase = fieldPhrase(words)
  const named = phrase === undefined ? [] : parseFields(phrase)
  const fields = named.length > 0 ? named : parseFields(noun.fields)
  const statuses = noun.statuses
  const fitted = fields.map((field) => (field.key === 'status' && statuses ? { ...field, options: statuses } : field))
  const first =
    noun.one === 'book' || noun.one === 'film' || noun.one === 'task' || noun.one === 'song' ? 'title' : 'name'
  return {
    kind: 'collection',
    noun,
    fields: withTitleFirst(fitted, first),
    ...lookOf(words, listed.title ?? capitalised(noun.many)),
  }
}

/** The thing that is listed, and the title that the words themselves give the list (`Reading list`). */
function nounPhrase(words: string): { noun: string; title: string | undefined } | undefined {
  const head = words.split(/[.!?\n]/)[0] ?? words
  const subject = head.split(/\b(?:with|including|that has|having)\b/i)[0] ?? head
  const of = ofNoun.exec(subject)
  if (of?.[1]) return { noun: stripped(of[1]), title: undefined }
  const whole = wholeWord.exec(subject)?.[1]?.toLowerCase()
  if (whole)
    return { noun: whole.replace(/ ?(list|book|app)$/, ''), title: capitalised(whole.replace(/ app$/, ' list')) }
  const list = nounList.exec(withoutColours(subject))
  const isApp = /\bapp$/i.test(list?.[0] ?? '')
  const thing = list?.[1] && !(isApp && otherPrograms.test(list[1])) ? stripped(list[1]) : ''
  if (thing) return { noun: thing, title: isApp ? undefined : capitalised(stripped(list?.[0] ?? '').toLowerCase()) }
  if (otherPrograms.test(subject)) return undefined
  const tracked =
    trackNoun.exec(subject)?.[1] ??
    /\b(?:list for|app for (?:my|our|all)(?=.*[^s]s$)) (?:my |our |the )?([a-z][a-z' -]*)$/i.exec(subject)?.[1]
  if (tracked) return { noun: stripped(tracked), title: undefined }
  return withFields(head)
}

/** `plants with name and species` is a list of plants, if at least two fields are named. */
function withFields(head: string): { noun: string; title: undefined } | undefined {
  const thing = stripped(fieldList.exec(withoutColours(head))?.[1] ?? '')
  const fields = parseFields(fieldPhrase(head) ?? '')
  return thing && thing.split(' ').length <= 3 && fields.length > 1 ? { noun: thing, title: undefined } : undefined
}

const stripped = (words: string) =>
  `${withoutColours(words)} `
    .replace(fillers, '')
    .trim()
    .replace(/^(?:an?|the|my|our)\s+/i, '')

/** What stands after `with`, up to where the prompt turns to something else. */
function fieldPhrase(words: string): string | undefined {
  const found =
    /\b(?:with|including|that has|that have|having|containing|fields?|columns?|showing|and their|recording|noting)\b:?\s+(?:(?:these|the following|fields?|columns?)\s*:?\s*)*(.+)$/i.exec(
      words,
    )?.[1]
  return found
    ?.split(
      /[.!?](?:\s|$)|\bin (?:a |an )?(?:[a-z]+ )?(?:theme|style|colou?rs?|look)\b| so (?:that|i|we)\b|\bfor (?:my|our|the|a)\b|\b(?:called|named)\b|\bplease\b/i,
    )[0]
    ?.replace(new RegExp(String.raw`,?\s*\b(?:and )?(?:all )?in (?:a )?${colourPattern.source}.*$`, 'i'), '')
    .replace(/,?\s*\b(?:and )?in (?:dark|light)\b.*$/i, '')
}

// What all kinds share

const calledName =
  /\b(?:called|named|titled|name it|call it|name is)\s+(?:"([^"]{1,40})"|'([^']{1,40})'|([A-Z0-9][\w&'-]*(?:\s+[A-Z0-9&][\w&'-]*){0,3})|([\w-]{2,30}))/
const purposePhrase =
  /\bfor ((?:my|our|the|a|an) [a-z][a-z' -]*?)(?=$|[.,;:!?"(]| (?:with|in|that|which|where|so|including|called|named)\b)/i

function lookOf(words: string, fallbackName: string): Look {
  const found = calledName.exec(words)
  const name = (found?.[1] ?? found?.[2] ?? found?.[3] ?? (found?.[4] && capitalised(found[4])) ?? fallbackName).trim()
  return {
    name: name.slice(0, 40),
    purpose: purposePhrase.exec(words)?.[1]?.toLowerCase(),
    colour: colourIn(words.replace(calledName, ' ')),
    theme: themeIn(words),
    missing: missingIn(words),
  }
}

/** `dark` and `light` mean the theme, unless they stand before a colour. */
export function themeIn(words: string): Theme | undefined {
  const bare = withoutColours(words).replaceAll(/\b\w+ ?(?:mode|theme)? (?:toggle|switch|button|option)\b/gi, ' ')
  const found =
    /\b(dark|night|black) ?(?:mode|theme|look|version|background|style)|\b(?:in|it|app|be|go|to|a|and|make) (dark)(?:er)?\b|\b(light|bright) ?(?:mode|theme|look|version|background|style)|\b(?:it|app|be|go|to|and|make) (light)(?:er)?\b/i.exec(
      bare,
    )
  if (!found) return undefined
  return found[1] || found[2] ? 'dark' : 'light'
}

const beyond: [RegExp, string][] = [
  [/\b(?:log ?in|sign ?in|sign ?up|accounts?|users?|authentication|passwords?)\b/i, 'accounts and sign-in'],
  [/\b(?:payments?|checkout|stripe|paypal|subscriptions?)\b/i, 'payments'],
  [/\b(?:uploads?|photos?|images?|pictures?|covers?)\b/i, 'pictures'],
  [/\b(?:push |e-?mail )?(?:notifications?|reminders by|newsletter)\b/i, 'notifications and mail'],
  [/\b(?:charts?|graphs?)\b/i, 'charts'],
  [/\b(?:export|import|csv|pdf)\b/i, 'import and export'],
  [/\b(?:share|shared|sync|collaborat\w+|multiplayer)\b/i, 'sharing between people'],
  [/\btestimonials?\b|\bgaller(?:y|ies)\b|\bblog\b/i, 'testimonials, galleries and blogs'],
  [/\b(?:drag|kanban)\b/i, 'drag and drop'],
]

const missingIn = (words: string) => beyond.filter(([pattern]) => pattern.test(words)).map(([, name]) => name)

/** The wishes left out, as a sentence; '' when there are none. */
export const missingSentence = (missing: readonly string[]) =>
  missing.length === 0 ? '' : `Not included, because these apps cannot do it: ${listed(missing)}.`
