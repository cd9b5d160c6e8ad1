import { readPartialObject } from '@overskill/protocol'

/** What can be said of a tool call's input while it is still being written. */
export type GrowingInput = {
  /** The top-level text fields so far. */
  fields: ReadonlyMap<string, { text: string; done: boolean }>
  /** Lines of the file content so far; 0 before its first character. */
  lines: number
}

/** Fields of tool inputs that hold a file's text. */
const contentFields = ['content', 'new_string'] as const

/**
 * Reads one call's growing input. Each character is looked at once, however often it is drawn; a text that is shorter
 * than the last one begins anew.
 */
export function createInputReader(): (inputText: string) => GrowingInput {
  let reader = readPartialObject()
  let taken = 0
  let counted = 0
  let newlines = 0

  return (inputText) => {
    if (inputText.length < taken) {
      reader = readPartialObject()
      taken = 0
      counted = 0
      newlines = 0
    }
    reader.push(inputText.slice(taken))
    taken = inputText.length
    const content =
      contentFields.map((name) => reader.fields().get(name)?.text).find((text) => text !== undefined) ?? ''
    for (; counted < content.length; counted += 1) if (content.charCodeAt(counted) === 10) newlines += 1
    return { fields: reader.fields(), lines: lineCount(content, newlines) }
  }
}

/** Lines of the content in an input that is whole. */
export function contentLines(field: (name: string) => string | undefined): number {
  const content = contentFields.map(field).find((text) => text !== undefined) ?? ''
  return lineCount(content, content.split('\n').length - 1)
}

/** Lines of a text with this many line ends: one that ends with a line end has no empty last line. */
const lineCount = (text: string, newlines: number): number =>
  text === '' ? 0 : newlines + (text.endsWith('\n') ? 0 : 1)
