import { textOf } from './json-value.ts'
import { storable } from './storable.ts'

/** Longest id and name of a call, in UTF-16 units. Some servers keep what a model thought in the ids of its calls. */
const longest = { id: 50_000, name: 200 }

/** The id that a provider gave a call, to be stored, to be answered and to go back: '' where there is none. */
export const readCallId = (given: unknown): string => storable(textOf(given), longest.id)

/** The name of the tool that a model calls, known or not: '' where there is none. */
export const readCallName = (given: unknown): string => storable(textOf(given), longest.name)
