import type { ToolWork } from './work.ts'

/** What a stored script imports that is not installed, as lines to add to a result; empty when all of it is there. */
export async function missingReport(path: string, text: string, { packages }: ToolWork): Promise<string> {
  const missing = await packages.missing(path, text)
  return missing
    .map(
      ({ name, line }) => `\n${path}:${line} imports "${name}", which is not installed: add it with os-add-dependency.`,
    )
    .join('')
}
