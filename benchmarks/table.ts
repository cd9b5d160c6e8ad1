import type { Figure } from './figure.ts'

const columns = { name: 56, target: 17, value: 14, reference: 13, verdict: 18 }

export const tableHead = (): string =>
  [row('figure', 'target', 'median round', 'reference', 'verdict'), '─'.repeat(120)].join('\n')

/** A figure in at most 120 columns: its line, then what it was judged by, then every round. */
export function tableRows(figure: Figure): string {
  const { name, target, value, unit, reference, ratio, rounds, samples, note } = figure
  const beside = reference ? show(reference.value, reference.unit ?? unit) : '–'
  const lines = [row(name, target, show(value, unit), beside, verdict(figure))]
  const details = [
    ...(reference ? [`reference: ${reference.name}${ratio === undefined ? '' : `, ratio ${digits(ratio)}`}`] : []),
    `rounds: ${rounds.map(digits).join(', ')} · n = ${samples}`,
    ...(reference?.rounds ? [`rounds of the reference: ${reference.rounds.map(digits).join(', ')}`] : []),
    ...(note === undefined ? [] : [note]),
  ]
  return [...lines, ...details.flatMap((detail) => wrapped(detail))].join('\n')
}

/** Passed as it stands, passed because the machine is slower than the bracket, or missed. */
export function verdict({ pass, value, target, unit, allowed }: Figure): string {
  if (!pass) return 'MISSED'
  const plain = Number(/^≤ ([\d.]+)/.exec(target)?.[1])
  return allowed !== undefined && value > plain ? `pass (≤ ${digits(allowed)} ${unit})` : 'pass'
}

const row = (name: string, target: string, value: string, reference: string, said: string): string =>
  [
    name.padEnd(columns.name),
    target.padEnd(columns.target),
    value.padStart(columns.value),
    reference.padStart(columns.reference),
    ` ${said}`,
  ]
    .join(' ')
    .trimEnd()

const show = (value: number, unit: string): string => `${digits(value)} ${unit}`

/** Three digits that count. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const places = Math.min(3, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1))))
  return value.toFixed(places).replace(/\.0+$/, '')
}

const width = 114

function wrapped(text: string): string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + word.length >= width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.map((line) => `    ${line}`)
}
