import { expect, test } from 'vitest'
import { z } from 'zod'
import { testTools } from './agent-test-kit.ts'
import type { TestWork } from './test-journal.ts'
import { cutAtLimit, readToolInput } from './tool-input.ts'
import { defineTool, done } from './tool.ts'

const edit = defineTool({
  name: 'os-edit',
  description: 'Changes a file. For tests.',
  input: z.object({
    file_path: z.string().min(1),
    steps: z.array(z.object({ at: z.int(), text: z.string() })).optional(),
    mode: z.enum(['a', 'b']).optional(),
  }),
  effect: 'transactional',
  changes: true,
  keys: () => [],
  run: async (_input, _work: TestWork) => done('edited'),
})
const tools = new Map([...testTools(), edit].map((tool) => [tool.name, tool]))
const readInput = (name: string, inputText: string) => readToolInput(tools, name, inputText)
const refusal = (name: string, inputText: string): string => {
  const input = readInput(name, inputText)
  return input.ok ? 'taken' : input.result.text
}

test('B.5 30: an input that ends too early says so, with its length once the limit is known', () => {
  const input = readInput('os-write', '{"file_path":"a.ts","content":"half of')
  expect(input).toMatchObject({ ok: false, cutOff: true, result: { code: 'CUT_OFF' } })
  expect(cutAtLimit(1234).text).toContain('cut off after 1234 characters at max_tokens')
})

test('B.5 31: an invalid input is told its position and 40 characters around it, and is never repaired', () => {
  const text = '{"file_path":"src/App.tsx","content":"first line" // a comment\n}'
  const says = refusal('os-write', text)
  expect(says).toMatch(/^ERROR INVALID_JSON: The input is not JSON at character 50: expected , or }/)
  expect(says).toContain('ntent":"first line" ⟦here⟧// a comment\n}')
  for (const junk of ['{"file_path":"a","content":"x",}', "{'file_path':'a'}", '{"file_path":"a"}{"x":1}'])
    expect(refusal('os-write', junk)).toContain('INVALID_JSON')
})

test('B.5 32: no input at all is an empty object, which is then checked', () => {
  expect(readInput('throws', '')).toMatchObject({ ok: true, input: {} })
  expect(refusal('os-write', ' \n')).toContain('2 problems with the input of os-write')
})

test('B.5 33: each missing or wrong argument is listed with its path, what was expected and what came', () => {
  expect(refusal('os-edit', '{"steps":[{"at":"x"},{"at":1,"text":null}],"mode":"c"}').split('\n')).toEqual([
    'ERROR INVALID_INPUT: 5 problems with the input of os-edit:',
    '- file_path: missing, expected string',
    '- steps.0.at: expected number, got string "x"',
    '- steps.0.text: missing, expected string',
    '- steps.1.text: expected string, got null',
    expect.stringMatching(/^- mode: .*"a"\|"b".*, got "c"$/),
    'Nothing was done. Send the call again.',
  ])
})

test('B.5 33: arguments that nobody knows are left out with a note', () => {
  const input = readInput('os-view', '{"file_path":"a","view_range":[1,2],"__proto__":{"x":1}}')
  expect(input).toMatchObject({ ok: true, input: { file_path: 'a' } })
  expect(input.ok && Object.keys(input.input)).toEqual(['file_path'])
  expect(input.ok && input.note).toBe('Ignored unknown arguments: view_range, __proto__. Known: file_path.')
})

test('an input that is no object is refused', () => {
  for (const [text, sort] of [
    ['[1]', 'array'],
    ['"a"', 'string'],
    ['null', 'null'],
    ['7', 'number'],
  ] as const)
    expect(refusal('os-view', text)).toBe(`ERROR INVALID_INPUT: The input must be an object, got ${sort}.`)
})

test('B.5 34: an unknown tool names what there is, and the nearest if one is near', () => {
  expect(refusal('os-writ', '{}')).toBe(
    'ERROR UNKNOWN_TOOL: No tool named os-writ. Did you mean os-write? Available: os-edit, os-view, os-write, slow, throws.',
  )
  expect(refusal('OS_VIEW', '{}')).toContain('Did you mean os-view?')
  expect(refusal('send-email', '{}')).not.toContain('Did you mean')
  expect(refusal('', '{}')).toContain('No tool named (empty).')
  expect(refusal('x'.repeat(100_000), '{}').length).toBeLessThan(300)
})

test('B.5 35: an empty file may be written, an empty path may not', () => {
  expect(readInput('os-write', '{"file_path":"a","content":""}').ok).toBe(true)
  expect(refusal('os-write', '{"file_path":"","content":"x"}')).toContain('file_path')
})

test('B.5 36: an input past the limit is refused with the limit before it is parsed', () => {
  const text = `{"file_path":"a","content":"${'x'.repeat(6_000_001)}"}`
  expect(refusal('os-write', text)).toMatch(/^ERROR TOO_LARGE: .*at most 6000000/)
})

test('B.5 37: half a surrogate pair becomes U+FFFD with a note, whole ones stay', () => {
  const input = readInput('os-write', '{"file_path":"a","content":"\\ud83d! \\ud83d\\ude00 \\u00e9"}')
  expect(input).toMatchObject({ ok: true, input: { content: '\ufffd! 😀 é' }, note: expect.stringContaining('U+FFFD') })
  const whole = readInput('os-write', '{"file_path":"a","content":"\\ud83d\\ude00"}')
  expect(whole.ok && whole.note).toBeUndefined()
})

test('B.5 39: the order of the arguments does not matter', () => {
  const input = readInput('os-write', '{"content":"x","file_path":"a"}')
  expect(input).toMatchObject({ ok: true, input: { file_path: 'a', content: 'x' } })
})

test('L43: entities, placeholders and odd spaces in a content come through untouched', () => {
  const content = '&lt;div&gt; [REDACTED] \u00a0\u2028 \r\n\t${x} \\u0041'
  const input = readInput('os-write', JSON.stringify({ file_path: 'a', content }))
  expect(input).toMatchObject({ ok: true, input: { content } })
})

test('B.5 37: what is quoted of an input or a name that is not taken holds no half character', () => {
  for (let shift = 0; shift < 2; shift += 1) {
    const long = `${'x'.repeat(shift)}${'😀'.repeat(60)}`
    for (const text of [`{"file_path":"${long}" oops "${long}"}`, `{"file_path":["${long}"]}`, `{"mode":"${long}"}`])
      expect(refusal('os-edit', text).isWellFormed(), text).toBe(true)
    expect(refusal(long, '{}').isWellFormed()).toBe(true)
    const ignored = readInput('os-view', '{"file_path":"a","\\ud83d":1}')
    expect(ignored.ok && ignored.note).toMatch(/^Ignored unknown arguments: \ufffd\. Known: file_path\.$/)
  }
})
