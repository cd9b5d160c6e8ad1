import { z } from 'zod'
import type { ToolDeclaration } from './model.ts'
import type { Tool } from './tool.ts'
import { longestToolMs } from './streaming-tool-executor.ts'

/** The tools as the model sees them: sorted by name, the same bytes each time, so that caches and thinking stay valid. */
export const declareTools = <Work>(tools: readonly Tool<Work>[]): ToolDeclaration[] =>
  tools.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(declare)

const declared = new WeakMap<object, ToolDeclaration>()

/** A tool is put into words once: every turn says the same. */
function declare<Work>(tool: Tool<Work>): ToolDeclaration {
  const known = declared.get(tool)
  if (known) return known
  const { name, description, input, eager } = tool
  const { $schema: _, ...schema } = z.toJSONSchema(input, { io: 'input' })
  const made = { name, description, schema, eager }
  declared.set(tool, made)
  return made
}

/**
 * What is wrong with a tool's definition, in words; empty when nothing is. For the test that goes through all tools (L7).
 * A definition is whole when the model can read what it does and what each argument means, and its limit can be kept.
 */
export function toolProblems<Work>(tool: Tool<Work>): string[] {
  const [declared] = declareTools([tool])
  const properties = (declared?.schema['properties'] ?? {}) as Record<string, { description?: unknown }>
  const silent = Object.entries(properties).filter(([, property]) => typeof property.description !== 'string')
  const sentences = tool.description.split(/[.!?](?:\s|$)/).filter((sentence) => sentence.trim() !== '').length
  return [
    ...(/^[a-z][a-z0-9-]{2,60}$/.test(tool.name) ? [] : ['its name is not lower case with hyphens']),
    ...(sentences >= 2 ? [] : ['its description has fewer than two sentences']),
    ...silent.map(([name]) => `its argument ${name} has no description`),
    ...(tool.limitMs > 0 && tool.limitMs <= longestToolMs ? [] : [`its limit is not within ${longestToolMs} ms`]),
  ]
}
