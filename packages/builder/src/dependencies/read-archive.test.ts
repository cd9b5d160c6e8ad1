import { describe, expect, test } from 'vitest'
import { readArchive } from './read-archive.ts'
import { packed, type TarEntry } from './test-registry.ts'

const manifest: TarEntry = { name: 'package/package.json', content: '{}' }
const read = (...entries: TarEntry[]) => readArchive(packed([manifest, ...entries]))
const refusalOf = async (...entries: TarEntry[]): Promise<string> => {
  const answer = await read(...entries)
  return answer.ok ? '' : answer.detail
}
const pathsOf = async (...entries: TarEntry[]): Promise<string[]> => {
  const answer = await read(...entries)
  return answer.ok ? answer.files.map(({ path }) => path) : [answer.detail]
}

describe('an archive', () => {
  test('gives its files below whatever folder they lie in, long names too', async () => {
    const long = `${'deep/'.repeat(30)}file.js`
    const record = `path=package/${long}\n`
    const length = record.length + 4
    const paths = await pathsOf(
      { name: 'other/lib/a.js', content: 'a' },
      { name: 'package/lib/', type: '5' },
      { name: 'pax', type: 'x', content: `${length} ${record}` },
      { name: 'short', content: 'long one' },
      { name: '././@LongLink', type: 'L', content: `package/${'x'.repeat(120)}\0` },
      { name: 'short', content: 'old long one' },
    )
    expect(paths).toEqual(['package.json', 'lib/a.js', long, 'x'.repeat(120)])
  })

  test.each(['package/../../../x', '/tmp/x', 'package\\..\\x', 'package/a/../../x', '../x'])(
    'with the path %s is refused whole',
    async (name) => expect(await refusalOf({ name, content: 'x' })).toContain('leaves the package'),
  )

  test('with such a path in a long name is refused too', async () => {
    const entries = [
      { name: '././@LongLink', type: 'L', content: 'package/../../x\0' },
      { name: 'fine', content: 'x' },
    ]
    expect(await refusalOf(...entries)).toContain('leaves the package')
  })

  test('loses its links, devices and what needs a folder where a file is', async () => {
    const paths = await pathsOf(
      { name: 'package/passwd', type: '2', link: '/etc/passwd' },
      { name: 'package/hard', type: '1', link: '/etc/passwd' },
      { name: 'package/device', type: '3' },
      { name: 'package/pipe', type: '6' },
      { name: 'package/a', content: 'a' },
      { name: 'package/a/b', content: 'b' },
    )
    expect(paths).toEqual(['package.json', 'a'])
  })

  test('that unpacks to more than it may, or to more files, is refused', async () => {
    const large = packed([manifest, { name: 'package/x', content: Buffer.alloc(3 * 1024 * 1024) }])
    expect(await readArchive(large, { bytes: 2 * 1024 * 1024, files: 10 })).toMatchObject({
      detail: 'it unpacks to more than 2 MB',
    })
    const many = packed([
      manifest,
      ...Array.from({ length: 11 }, (_, index) => ({ name: `package/${index}`, content: 'x' })),
    ])
    expect(await readArchive(many, { bytes: 2 * 1024 * 1024, files: 10 })).toMatchObject({
      detail: 'it has more than 10 files',
    })
  })

  test('that is cut, damaged, no archive, or no package is refused', async () => {
    expect(await refusalOf({ name: 'package/x', content: 'x', size: '77777777777\0' })).toBe('it is cut or damaged')
    expect(await refusalOf({ name: 'package/x', content: 'x', size: '-1\0' })).toBe('it is cut or damaged')
    expect(await readArchive(Buffer.from('<html>'))).toMatchObject({ detail: 'it is not a gzip archive' })
    expect(await readArchive(packed([{ name: 'package/x', content: '' }]))).toMatchObject({
      detail: 'it has no package.json',
    })
  })
})
