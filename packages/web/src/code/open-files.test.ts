import { expect, test } from 'vitest'
import { createOpenFiles, type OpenFiles } from './open-files.ts'

const remote = (text: string) => ({ text, etag: `"${text}"`, binary: false })
const none = () => []

const opened = (text: string): OpenFiles => {
  const files = createOpenFiles()
  files.receive('a.ts', remote(text), none)
  return files
}
const type = (files: OpenFiles, insert: string): void => {
  const file = files.get('a.ts')
  if (file) files.edit('a.ts', file.state.update({ changes: { from: 0, insert } }).state)
}
const textOf = (files: OpenFiles): string | undefined => files.get('a.ts')?.state.doc.toString()

test('what was typed is unsaved until exactly that is saved', () => {
  const files = opened('b')
  type(files, 'a')
  expect([...files.unsaved()]).toEqual(['a.ts'])
  const sent = files.get('a.ts')?.state.doc
  type(files, 'x')
  if (sent) files.markSaved('a.ts', sent)
  expect([...files.unsaved()]).toEqual(['a.ts'])
  const now = files.get('a.ts')?.state.doc
  if (now) files.markSaved('a.ts', now)
  expect(files.unsaved().size).toBe(0)
})

test('a file without changes follows the server', () => {
  const files = opened('one')
  files.receive('a.ts', remote('two'), none)
  expect([textOf(files), files.get('a.ts')?.etag, files.unsaved().size]).toEqual(['two', '"two"', 0])
})

test('a file with unsaved changes is never overwritten; both choices end the conflict', () => {
  for (const keep of ['mine', 'theirs'] as const) {
    const files = opened('one')
    type(files, 'my ')
    files.receive('a.ts', remote('two'), none)
    expect(textOf(files)).toBe('my one')
    expect(files.get('a.ts')?.theirs?.text).toBe('two')
    files.resolve('a.ts', keep)
    expect(textOf(files)).toBe(keep === 'mine' ? 'my one' : 'two')
    expect(files.get('a.ts')).toMatchObject({ etag: '"two"', theirs: undefined })
    expect(files.unsaved().has('a.ts')).toBe(keep === 'mine')
  }
})

test("one's own save coming back is no conflict, even when typing went on", () => {
  const files = opened('one')
  type(files, 'two ')
  const sent = files.get('a.ts')?.state.doc
  if (sent) files.markSaved('a.ts', sent)
  type(files, 'three ')
  files.receive('a.ts', { text: 'two one', etag: '"new"', binary: false }, none)
  expect(files.get('a.ts')).toMatchObject({ etag: '"new"', theirs: undefined })
  expect(textOf(files)).toBe('three two one')
})
