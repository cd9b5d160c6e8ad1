import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { editText } from './edit-text.ts'

const source = [
  'function a() {',
  '  if (x) {',
  '    return 1',
  '  }',
  '}',
  '',
  'function b() {',
  '  return 2',
  '}',
  '',
].join('\n')

describe('exactly', () => {
  test('the only place is replaced and the rest stays to the byte', () => {
    expect(editText(source, 'return 2', 'return 3')).toEqual({
      ok: true,
      text: source.replace('return 2', () => 'return 3'),
      step: 'exact',
      lines: [8],
    })
  })

  test.each(['$&', '$1', '$$', "$'", '$`', '\\n', '&lt;', '[REDACTED]', '\r\n', ''])(
    'L43: the replacement %j is stored as given',
    (text) => {
      expect(editText('a MARK b', 'MARK', text)).toMatchObject({ ok: true, text: `a ${text} b` })
    },
  )

  test('L43: whatever surrounds it and whatever comes in, bytes are kept', () => {
    const any = fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !text.includes('§'))
    fc.assert(
      fc.property(any, any, any, (head, tail, replacement) => {
        const edit = editText(`${head}§mark§${tail}`, '§mark§', replacement)
        expect(edit).toMatchObject({ ok: true, text: head + replacement + tail, step: 'exact' })
      }),
    )
  })

  test('two places are ambiguous, with their lines, unless all are meant', () => {
    expect(editText(source, '  return', 'x')).toEqual({ ok: false, code: 'AMBIGUOUS', lines: [3, 8] })
    expect(editText(source, 'return', 'yield', true)).toMatchObject({
      ok: true,
      text: source.replaceAll('return', 'yield'),
      lines: [3, 8],
    })
  })

  test('places that overlap are two', () => {
    expect(editText('aaa', 'aa', 'b')).toEqual({ ok: false, code: 'AMBIGUOUS', lines: [1, 1] })
    expect(editText('aaaa', 'aa', 'b', true)).toMatchObject({ ok: true, text: 'bb' })
  })

  test('an edit that changes nothing says so', () => {
    expect(editText(source, 'return 2', 'return 2')).toEqual({ ok: false, code: 'NO_CHANGE' })
    expect(editText('not there', 'x', 'x')).toEqual({ ok: false, code: 'NO_CHANGE' })
  })
})

describe('line ends taken alike', () => {
  const crlf = source.replaceAll('\n', '\r\n')

  test('text with LF finds its place in a CRLF file, and what comes in has CRLF', () => {
    expect(editText(crlf, 'function b() {\n  return 2\n}', 'function b() {\n  return 3\n}')).toMatchObject({
      ok: true,
      step: 'line ends',
      text: crlf.replace('return 2', 'return 3'),
      lines: [7],
    })
  })

  test('text with CRLF finds its place in an LF file, and what comes in has LF', () => {
    expect(editText(source, 'function b() {\r\n  return 2', 'function b() {\r\n  return 3')).toMatchObject({
      ok: true,
      text: source.replace('return 2', 'return 3'),
    })
  })

  test('two places are ambiguous', () => {
    expect(editText('a\r\nb\r\na\r\nb\r\n', 'a\nb', 'c')).toEqual({ ok: false, code: 'AMBIGUOUS', lines: [1, 3] })
  })
})

describe('trailing whitespace ignored', () => {
  test('whole lines match though spaces follow them', () => {
    expect(editText('a  \n\tb\t\nc\n', 'a\n\tb\n', 'x\n')).toMatchObject({
      ok: true,
      step: 'trailing whitespace',
      text: 'x\nc\n',
    })
    expect(editText('a\nb\nc\n', 'a  \nb \n', 'x\n')).toMatchObject({
      ok: true,
      step: 'trailing whitespace',
      text: 'x\nc\n',
    })
  })

  test('without a line end at its end, the place keeps its own', () => {
    expect(editText('a  \nb \nc', 'a\nb', 'x')).toMatchObject({ ok: true, text: 'x\nc' })
  })

  test('a part of a line is never matched loosely', () => {
    expect(editText('const foobar = 1  \nnext\n', 'foobar = 1\nnext', 'x')).toMatchObject({
      ok: false,
      code: 'NO_MATCH',
    })
  })

  test('two places are ambiguous', () => {
    expect(editText('a \nb \na  \nb\n', 'a\nb', 'x')).toEqual({ ok: false, code: 'AMBIGUOUS', lines: [1, 3] })
  })
})

describe('indentation shifted', () => {
  test('a block given without its indentation is found, and what comes in is shifted like it', () => {
    expect(editText(source, 'if (x) {\n  return 1\n}', 'if (y) {\n\n  return 7\n}')).toMatchObject({
      ok: true,
      step: 'indentation',
      text: source.replace('  if (x) {\n    return 1\n  }', '  if (y) {\n\n    return 7\n  }'),
      lines: [2],
    })
  })

  test('a block given with too much indentation is shifted back', () => {
    expect(editText('a {\n  b\n}\n', '    a {\n      b\n    }\n', '    a {\n      c\n    }\n')).toMatchObject({
      ok: true,
      text: 'a {\n  c\n}\n',
    })
  })

  test('lines shifted by different amounts do not match', () => {
    expect(editText('  a\n    b\n', 'a\n b\n', 'x\n')).toMatchObject({ ok: false, code: 'NO_MATCH' })
    expect(editText('\ta\n  b\n', 'a\nb\n', 'x\n')).toMatchObject({ ok: false, code: 'NO_MATCH' })
  })

  test('a replacement that cannot be shifted is not put in', () => {
    expect(editText('a\nb\n', '  a\n  b\n', 'c\n')).toMatchObject({ ok: false, code: 'NO_MATCH' })
  })

  test('two places are ambiguous', () => {
    expect(editText('  a\n  b\n    a\n    b\n', 'a\nb\n', 'x\n')).toEqual({
      ok: false,
      code: 'AMBIGUOUS',
      lines: [1, 3],
    })
  })
})

describe('nothing matches', () => {
  test('the nearest regions are shown as they are, with their lines', () => {
    const edit = editText(source, 'function b(arg) {\n  return 2\n}', 'x')
    expect(edit).toMatchObject({ ok: false, code: 'NO_MATCH' })
    if (edit.ok || edit.code !== 'NO_MATCH') return
    expect(edit.nearest.length).toBeLessThanOrEqual(3)
    expect(edit.nearest[0]).toEqual({ fromLine: 6, lines: ['', 'function b() {', '  return 2', '}'] })
  })

  test('what only looks alike is never edited', () => {
    const word = fc.constantFrom('alpha', 'beta', 'gamma', 'delta')
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 8 }),
        fc.array(word, { minLength: 1, maxLength: 3 }),
        (file, wanted) => {
          const [text, before] = [file.join('\n'), wanted.join('\n')]
          const edit = editText(text, before, 'NEW')
          expect(edit.ok).toBe(text.split(before).length === 2 && text.indexOf(before) === text.lastIndexOf(before))
        },
      ),
    )
  })

  test('blank lines alone match nothing loosely', () => {
    expect(editText('a\n\n\nb', '  \n \n', 'x')).toMatchObject({ ok: false, code: 'NO_MATCH', nearest: [] })
  })

  test('a megabyte is looked through within two seconds', () => {
    const big = Array.from({ length: 40_000 }, (_, i) => `const value${i} = compute(${i}, options)`).join('\n')
    const wanted = Array.from({ length: 60 }, (_, i) => `const value${i} = compute(${i}, option)`).join('\n')
    const began = process.cpuUsage() // of this process: other work on the machine does not count
    expect(editText(big, wanted, 'x')).toMatchObject({ code: 'NO_MATCH' })
    expect(process.cpuUsage(began).user / 1_000).toBeLessThan(2_000)
  })
})

describe('sizes that would take minutes if anything were gone through again for each place', () => {
  test('a place in each of 40,000 records: all lines are told', () => {
    const records = `[\n${'  { "id": 1, "name": "a record of an ordinary length" },\n'.repeat(40_000)}]`
    const edit = editText(records, '"id"', 'x')
    expect(edit).toMatchObject({ ok: false, code: 'AMBIGUOUS' })
    if (edit.ok || edit.code !== 'AMBIGUOUS') return
    expect(edit.lines).toEqual(Array.from({ length: 40_000 }, (_, i) => i + 2))
  })

  test('500,000 lines that all match, and all replaced', () => {
    const edit = editText('a\n'.repeat(500_000), 'a', 'b', true)
    expect(edit).toMatchObject({ ok: true, text: 'b\n'.repeat(500_000) })
    expect(edit.ok && edit.lines.at(-1)).toBe(500_000)
    expect(editText('a\n'.repeat(500_000), 'a', 'b')).toMatchObject({ code: 'AMBIGUOUS' })
  })

  test('300,000 places by line ends', () => {
    const edit = editText('a\r\nb\r\n'.repeat(300_000), 'a\nb', 'x')
    expect(edit).toMatchObject({ ok: false, code: 'AMBIGUOUS' })
    expect(!edit.ok && edit.code === 'AMBIGUOUS' && edit.lines.at(-1)).toBe(599_999)
  })

  test('half a megabyte that overlaps itself at each of 500,000 places', () => {
    const edit = editText('a'.repeat(1_000_000), 'a'.repeat(500_000), 'x')
    expect(!edit.ok && edit.code === 'AMBIGUOUS' && edit.lines.length).toBe(500_001)
  })
})
