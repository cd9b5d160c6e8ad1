import type { BuildIntent } from '../sample/intent.ts'
import { capitalised, quoted, withArticle } from '../sample/words.ts'
import { topicFor, type Topic } from './landing-topics.ts'
import { renderTemplates, type AppFile } from './templates.ts'

type LandingIntent = Extract<BuildIntent, { kind: 'landing' }>

/** The parts a page can have, in their order on it, with their name in the navigation. */
const sections: [id: string, label: string][] = [
  ['features', 'What you get'],
  ['steps', 'How it works'],
  ['pricing', 'Prices'],
  ['faq', 'Questions'],
  ['contact', 'Contact'],
]

/** All files of a landing page over the starter. Its words are placeholders chosen by the subject. */
export function landingFiles(intent: LandingIntent): AppFile[] {
  return [
    { path: 'src/data/app.ts', content: appData(intent) },
    { path: 'src/data/site.ts', content: siteData(intent, topicFor(intent.subject)) },
    ...renderTemplates('landing', {}),
  ]
}

const appData = ({ name }: LandingIntent) => `/** What the page is for. */
export const app = {
  name: ${quoted(name)},
}
`

function siteData({ name, subject, sections: shown }: LandingIntent, topic: Topic): string {
  const icons = [...new Set(topic.features.map(([icon]) => icon))].toSorted()
  const navigation = sections.filter(([id]) => shown.includes(id))
  return `import { ${icons.join(', ')} } from 'lucide-react'
import { app } from '@/data/app'

/** Every word of the page. All of them are placeholders: replace them with true ones before you publish. */

export type SectionId = ${sections.map(([id]) => quoted(id)).join(' | ')}

/** The sections of the page in their order; take one out and it is gone from page and navigation. */
export const navigation: { id: SectionId; label: string }[] = [
${lines(navigation, ([id, label]) => `  { id: ${quoted(id)}, label: ${quoted(label)} },`)}
]

export const hero = {
  headline: ${quoted(topic.headline)},
  intro: \`${introOf(name, subject, topic)}\`,
  action: { label: ${quoted(topic.action)}, href: '#contact' },
  facts: [
${lines(topic.facts, ([label, value]) => `    { label: ${quoted(label)}, value: ${quoted(value)} },`)}
  ],
}

${partsData(topic)}
export const contact = {
  title: 'Contact',
  lead: 'Say what you have in mind. A few sentences are enough.',
}
`
}

const lines = <T>(items: readonly T[], line: (item: T, at: number) => string) => items.map(line).join('\n')

/** The first paragraph, inside a template literal that names the page by its data. */
function introOf(name: string, subject: string, { intro }: Topic): string {
  const isNamed = name.toLowerCase() !== subject
  const filled = intro
    .replace(/^\{name\} is (\{a subject\})/, (whole, thing: string) => (isNamed ? whole : thing))
    .replace('{a subject}', () => withArticle(subject.replaceAll(/[`$\\]/g, '')))
    .replaceAll('{name}', '${app.name}')
  return capitalised(filled)
}

const partsData = (topic: Topic) => `export const features = {
  title: 'What you get',
  lead: 'The short version, in six points.',
  items: [
${lines(topic.features, ([icon, title, text]) => `    { Icon: ${icon}, title: ${quoted(title)}, text: ${quoted(text)} },`)}
  ],
}

export const steps = {
  title: 'How it works',
  items: [
${lines(topic.steps, ([title, text]) => `    { title: ${quoted(title)}, text: ${quoted(text)} },`)}
  ],
}

export const pricing = {
  title: 'Prices',
  lead: 'Example prices, to be replaced.',
  plans: [
${lines(topic.plans, (plan, at) => planLines(plan, topic.unit, at === 1))}
  ],
}

export const faq = {
  title: 'Questions',
  items: [
${lines(topic.questions, ([question, answer]) => `    { question: ${quoted(question)}, answer: ${quoted(answer)} },`)}
  ],
}
`

function planLines([name, price, text, includes]: Topic['plans'][number], unit: string, isUsual: boolean): string {
  return `    {
      name: ${quoted(name)},
      price: ${quoted(price)},
      unit: ${quoted(unit)},
      text: ${quoted(text)},
      includes: [${includes.map(quoted).join(', ')}],
      isUsual: ${isUsual},
    },`
}
