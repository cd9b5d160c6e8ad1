import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import type { StyleFault } from '../styles/style-request.ts'
import { parseAppId, type AppFiles } from './app-files.ts'
import { frameAt, placeOf, withoutHostPaths, type Problems } from './problems.ts'
import type { BundledCode } from './style-code.ts'

type Places = {
  files: AppFiles
  problems: Problems
  /** The scripts that ran. */
  scripts: readonly BundledCode[]
  /** Where a place of the stylesheet that was sent comes from. */
  origin: (line: number, column: number) => { id: string; line: number; column: number } | null
  /** Gets what has no place: a message about the stylesheet. */
  addToSheet: (message: string) => void
}

/** Records what a style process reports, at its place in the app's own files and in our words. */
export function addStyleFaults(faults: readonly StyleFault[], places: Places): void {
  for (const fault of faults) {
    if (fault.where === 'script') addScriptFault(fault, places)
    else if (fault.where === 'sheet') addSheetFault(fault, places)
    else addProcessFault(fault, places)
  }
}

function addProcessFault({ message }: StyleFault, { problems, scripts }: Places): void {
  const [script] = scripts
  problems.add({ ...(script ? { file: script.path } : {}), message })
}

function addSheetFault(fault: StyleFault, { files, problems, origin, addToSheet }: Places): void {
  const message = sheetWords(withoutHostPaths(fault.message))
  const place = fault.line === undefined ? null : origin(fault.line, fault.column ?? 1)
  const own = place ? parseAppId(place.id) : null
  if (!place || !own) return addToSheet(message)
  const { line, column } = place
  problems.add({ file: own.path, line, column, message, frame: frameAt(files.text(own.path) ?? '', line, column) })
}

function sheetWords(message: string): string {
  const unknown = /^The `([^`]+)` class does not exist/.exec(message)?.[1]
  if (!unknown) return message
  return `The class "${unknown}" does not exist, so @apply cannot use it. Define it in a @layer, or add its colour or size to the Tailwind config.`
}

function addScriptFault(fault: StyleFault, places: Places): void {
  const { files, problems, scripts } = places
  if (fault.missing !== undefined) return addMissing(fault.missing, places)
  const script = scripts.find(({ path }) => path === fault.path) ?? scripts[0]
  if (!script) return problems.add({ message: withoutHostPaths(fault.message) })
  const words = `The script "${script.path}" failed: ${withoutHostPaths(fault.message)}`
  const place = originOf(script, fault)
  if (!place) return problems.add({ file: script.path, message: words })
  problems.add({ ...place, message: words, frame: frameAt(files.text(place.file) ?? '', place.line, place.column) })
}

/** A package that is asked for and not there, reported where a script or a stylesheet names it. */
function addMissing(missing: string, { files, problems, scripts }: Places): void {
  const quoted = [`'${missing}'`, `"${missing}"`, `'${missing}/`, `"${missing}/`]
  const sheets = [...files.paths()].filter((path) => path.endsWith('.css'))
  const named = [...scripts.flatMap((script) => script.files), ...sheets]
  const file = named.find((path) => quoted.some((text) => files.text(path)?.includes(text))) ?? scripts[0]?.path
  const text = file === undefined ? '' : (files.text(file) ?? '')
  const found = quoted.map((needle) => text.indexOf(needle)).find((at) => at !== -1)
  const message = `The package "${missing}" is not installed.`
  const place = found === undefined ? {} : placeOf(text, found)
  problems.add({ message, missing, ...(file === undefined ? {} : { file }), ...place })
}

function originOf(
  script: BundledCode,
  { line, column }: StyleFault,
): { file: string; line: number; column: number } | null {
  if (line === undefined || column === undefined || script.map === '') return null
  const found = originalPositionFor(new TraceMap(script.map), { line, column: column - 1 })
  const file = found.source === null ? undefined : script.files.find((path) => found.source?.endsWith(path))
  return file === undefined || found.line === null ? null : { file, line: found.line, column: found.column + 1 }
}
