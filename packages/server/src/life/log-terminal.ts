import { plainFields, type LogLevel, type LogLine } from '../log.ts'

type Terminal = { isTTY?: boolean; write(text: string): unknown }

const colours: Record<LogLevel, string> = { error: '31', warn: '33', info: '36', debug: '90' }

/** Writes lines for people: time, level, message, then the fields that matter. Colour on a terminal only; stacks are in the file. */
export function terminalSink(out: Terminal, redact: (text: string) => string): (line: LogLine) => void {
  const colour = (code: string, text: string): string =>
    out.isTTY && !process.env['NO_COLOR'] ? `\u001b[${code}m${text}\u001b[0m` : text
  return ({ at, level, message, fields }) => {
    const time = colour('90', at.slice(11, 19))
    const parts = Object.entries(plainFields(fields)).map(([name, value]) => `${name}=${short(value)}`)
    const rest = parts.length > 0 ? `  ${colour('90', parts.join(' '))}` : ''
    out.write(redact(`${time}  ${colour(colours[level], level.padEnd(5))}  ${message}${rest}\n`))
  }
}

function short(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'message' in value) return JSON.stringify(value.message)
  const text = typeof value === 'string' && /^[\w./:-]+$/.test(value) ? value : JSON.stringify(value)
  return (text ?? 'undefined').slice(0, 200)
}
