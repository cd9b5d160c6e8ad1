import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type * as Utils from 'rolldown/utils'
import { assert } from '@overskill/protocol'

/** The parts of the page's script, each before those that use it. They import types, and each other, and nothing else. */
const parts = [
  'parse-stack',
  'mask-secrets',
  'format-value',
  'page-outbox',
  'request-note',
  'watch-console',
  'watch-errors',
  'watch-fetch',
  'watch-xhr',
  'watch-blank',
  'watch-person',
  'watch-page',
]

/** Where the origins go. */
const originsPlace = '__STUDIO_ORIGINS__'

let joined: string | undefined

/**
 * The script that a previewed page runs before anything of the app, as the text of a classic `<script>`: nothing in it ends
 * the element. It tells the studio that frames the page what happens there; see `watchPage`.
 *
 * @param studioOrigins Every origin at which the studio can be opened, as browsers write them.
 */
export function previewPageScript(studioOrigins: readonly string[]): string {
  joined ??= joinParts()
  return joined.replace(originsPlace, () => escapeForScript(JSON.stringify(studioOrigins)))
}

const escapeForScript = (text: string): string => text.replaceAll('<', String.raw`\u003c`)

/** One function of all parts: their types, imports and exports are taken out, so that they see each other's names. */
function joinParts(): string {
  // Loaded when it is first needed: native code that a process without previews never asks for.
  const { parseSync, transformSync, minifySync } = createRequire(import.meta.url)('rolldown/utils') as typeof Utils
  const codes = parts.map((part) => {
    const source = readFileSync(new URL(`./${part}.ts`, import.meta.url), 'utf8')
    const { code, errors } = transformSync(`${part}.ts`, source, { target: 'es2022' })
    assert(errors.length === 0, `The page's part ${part} does not parse`)
    return withoutModule(code, parseSync(`${part}.js`, code).program.body)
  })
  const whole = `(function(origins){'use strict';\n${codes.join('\n')}\nwatchPage(origins)})(${originsPlace})`
  const { code, errors } = minifySync('page.js', whole, { module: false })
  assert(errors.length === 0, 'The parts of the page fit together')
  assert(!/<\/script|<!--/i.test(code), 'Nothing in the page ends its script')
  return code
}

type Statement = { type: string; start: number; declaration?: { start: number } | null }

function withoutModule(code: string, body: readonly Statement[]): string {
  return body
    .filter(({ type }) => type !== 'ImportDeclaration')
    .map((statement) => {
      const { start } = statement.declaration ?? statement
      return code.slice(start, (statement as Statement & { end: number }).end)
    })
    .join('\n')
}
