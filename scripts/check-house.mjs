import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findCycles } from './house/cycles.mjs'
import { checkHabits } from './house/habits.mjs'
import { createImportCheck } from './house/imports.mjs'
import { checkNames } from './house/names.mjs'
import { readHouse } from './house/read-house.mjs'
import { rooms } from './house/rooms.mjs'
import { checkSizes } from './house/sizes.mjs'

/**
 * The house's rules that no linter knows (STYLE.md, ARCHITECTURE.md section 2): `node scripts/check-house.mjs [root]`. Prints one
 * line for each finding, `path:line  rule  what`, and exits 1 if there is one.
 */

/** What is allowed to break a rule, and why. An entry that no longer matches anything is a finding itself. */
const exceptions = [
  // { file: 'packages/web/src/example.tsx', rule: 'file-size', reason: 'why it cannot be otherwise' },
]

function checkRooms(root) {
  const folder = join(root, 'packages')
  const found = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).filter((each) => each.isDirectory())
    : []
  return found.flatMap(({ name }) => {
    const path = `packages/${name}`
    if (!rooms[name]) return [{ path, rule: 'unknown-room', text: 'is not in the table of rooms' }]
    const faces = ['src/index.ts', 'src/main.ts', 'src/main.tsx']
    if (faces.some((face) => existsSync(join(folder, name, face)))) return []
    return [{ path, rule: 'empty-room', text: 'has neither a face nor a main' }]
  })
}

function checkHouse(root) {
  const files = readHouse(root)
  const checkImports = createImportCheck(root)
  const findings = [...checkRooms(root), ...findCycles(files)]
  for (const file of files) {
    const own = [...checkNames(file), ...checkSizes(file), ...checkHabits(file), ...checkImports(file)]
    findings.push(...own.map((finding) => ({ path: file.path, ...finding })))
  }
  return findings
}

/** @returns the findings that no exception covers, and one for each exception that covers nothing. */
function withoutExceptions(findings) {
  const covers = (exception, finding) => exception.file === finding.path && exception.rule === finding.rule
  const stale = exceptions.filter((exception) => !findings.some((finding) => covers(exception, finding)))
  return [
    ...findings.filter((finding) => !exceptions.some((exception) => covers(exception, finding))),
    ...stale.map(({ file, rule }) => ({ path: file, rule: 'stale-exception', text: `nothing breaks ${rule} here` })),
  ]
}

const own = fileURLToPath(new URL('..', import.meta.url))
const root = resolve(process.argv[2] ?? own)
const findings = root === resolve(own) ? withoutExceptions(checkHouse(root)) : checkHouse(root)
for (const { path, line, rule, text } of findings.toSorted((a, b) => (a.path < b.path ? -1 : 1)))
  process.stdout.write(`${path}${line ? `:${line}` : ''}  ${rule}  ${text}\n`)
process.exitCode = findings.length > 0 ? 1 : 0
