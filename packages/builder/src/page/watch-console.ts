import type { PreviewReport } from '@overskill/protocol'
import { formatArguments } from './format-value.ts'
import type { PageOutbox } from './page-outbox.ts'
import { parseStack } from './parse-stack.ts'

type Level = Extract<PreviewReport, { kind: 'console' }>['level']
const levels: readonly Level[] = ['debug', 'log', 'info', 'warn', 'error']

type CaptureStack = (into: object, below: unknown) => void

/** Tells what is written to the console; the console gets it too, unchanged. What an app puts in its place later is left alone. */
export function watchConsole(outbox: PageOutbox): void {
  const target = window.console
  let isTelling = false // formatting may run an app's proxy, which may log
  for (const level of levels) {
    const original = target[level] as (...given: unknown[]) => void
    const watched = function (this: unknown, ...given: unknown[]): void {
      if (!isTelling) {
        isTelling = true
        try {
          if (outbox.hasRoom('console')) {
            const stack = placesOf(given, watched)
            const text = formatArguments(given)
            outbox.report({ kind: 'console', at: Date.now(), level, text, ...(stack.length > 0 && { stack }) })
          }
        } catch {
          // The page never notices that it is listened to.
        } finally {
          isTelling = false
        }
      }
      return original.apply(this, given)
    }
    target[level] = watched
  }
}

const isError = (value: unknown): value is Error => {
  try {
    return value instanceof Error
  } catch {
    return false // a proxy that refuses
  }
}

/** Where the first error among the arguments comes from, else where the call stands. */
function placesOf(given: readonly unknown[], below: unknown): ReturnType<typeof parseStack> {
  const error = given.find(isError)
  if (error) return parseStack(error.stack)
  const here: { stack?: string } = {}
  const capture = (Error as { captureStackTrace?: CaptureStack }).captureStackTrace
  if (capture) capture(here, below)
  else here.stack = new Error('here').stack?.split('\n').slice(2).join('\n') ?? ''
  return parseStack(here.stack)
}
