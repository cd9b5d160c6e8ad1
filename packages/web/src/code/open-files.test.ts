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
  if (sent) files.markSaved('a.ts', sent, '"xab"')
  expect([...files.unsaved()]).toEqual(['a.ts'])
  const now = files.get('a.ts')?.state.doc
  if (now) files.markSaved('a.ts', now, '"now"')
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
  if (sent) files.markSaved('a.ts', sent, undefined)
  type(files, 'three ')
  files.receive('a.ts', { text: 'two one', etag: '"new"', binary: false }, none)
  expect(files.get('a.ts')).toMatchObject({ etag: '"new"', theirs: undefined })
  expect(textOf(files)).toBe('three two one')
})

test('a save is answered with the tag that the next one names; an answer without one leaves the tag', () => {
  const files = opened('b')
  type(files, 'a')
  const sent = files.startSave('a.ts')
  expect(sent?.etag).toBe('"b"')
  if (sent) files.markSaved('a.ts', sent.text, undefined)
  expect(files.startSave('a.ts')?.etag).toBe('"b"')
  if (sent) files.markSaved('a.ts', sent.text, '"ab"')
  expect(files.startSave('a.ts')?.etag).toBe('"ab"')
})

test("one's own save that comes back before its answer is no conflict, even when typing went on", () => {
  const files = opened('one')
  type(files, 'two ')
  const sent = files.startSave('a.ts')
  type(files, 'three ')
  files.receive('a.ts', remote('two one'), none)
  expect(files.get('a.ts')).toMatchObject({ etag: '"two one"', theirs: undefined })
  if (sent) files.markSaved('a.ts', sent.text, '"two one"')
  expect(files.get('a.ts')).toMatchObject({ etag: '"two one"', theirs: undefined })
  expect([textOf(files), ...files.unsaved()]).toEqual(['three two one', 'a.ts'])
})

test('what is in conflict is so no longer when exactly that was saved', () => {
  const files = opened('one')
  type(files, 'two ')
  const sent = files.get('a.ts')?.state.doc
  type(files, 'three ')
  files.receive('a.ts', remote('two one'), none)
  expect(files.get('a.ts')?.theirs?.text).toBe('two one')
  if (sent) files.markSaved('a.ts', sent, '"two one"')
  expect(files.get('a.ts')).toMatchObject({ etag: '"two one"', theirs: undefined })
})

test("what another has saved over one's own save before its answer stays a conflict", () => {
  const files = opened('one')
  type(files, 'two ')
  const sent = files.startSave('a.ts')
  type(files, 'three ')
  files.receive('a.ts', remote('other'), none)
  if (sent) files.markSaved('a.ts', sent.text, '"two one"')
  expect(files.get('a.ts')).toMatchObject({ etag: '"two one"', theirs: { text: 'other' } })
})

test('a conflict ends when the server has again what was opened', () => {
  const files = opened('one')
  type(files, 'my ')
  files.receive('a.ts', remote('two'), none)
  files.receive('a.ts', remote('one'), none)
  expect(files.get('a.ts')).toMatchObject({ etag: '"one"', theirs: undefined })
  expect(textOf(files)).toBe('my one')
})

test('a file that is gone is saved over nothing, and is no longer gone then', () => {
  const files = opened('one')
  files.lose('b.ts')
  type(files, 'my ')
  files.receive('a.ts', remote('two'), none)
  files.lose('a.ts')
  expect(files.get('a.ts')).toMatchObject({ gone: true, theirs: undefined })
  const sent = files.startSave('a.ts')
  expect([sent?.text.toString(), sent?.etag, ...files.unsaved()]).toEqual(['my one', undefined, 'a.ts'])
  if (sent) files.markSaved('a.ts', sent.text, '"my one"')
  expect(files.get('a.ts')).toMatchObject({ gone: false, etag: '"my one"' })
  expect(files.unsaved().size).toBe(0)
})

test('a file that was gone and is there again is compared with what it was', () => {
  for (const text of ['one', 'two']) {
    const files = opened('one')
    type(files, 'my ')
    files.lose('a.ts')
    files.receive('a.ts', remote(text), none)
    expect(files.get('a.ts')).toMatchObject({ gone: false, etag: '"one"' })
    expect(files.get('a.ts')?.theirs?.text).toBe(text === 'two' ? 'two' : undefined)
  }
})
