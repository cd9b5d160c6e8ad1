import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const packages = new URL('../../', import.meta.url)

/** The numbers that strings of a test file carry: `B.5 n`. */
async function numbersIn(file: string): Promise<Set<number>> {
  const text = await readFile(new URL(file.replace('/', '/src/'), packages), 'utf8')
  const strings = text.split('\n').flatMap((line) => line.match(/['"`].*['"`]/) ?? [])
  return new Set(strings.flatMap((one) => [...one.matchAll(/B\.5 (\d+)\b/g)].map(([, number]) => Number(number))))
}

test('every case of the client checklist stands in the table of SPEC.md with test files that carry its number', async () => {
  const spec = await readFile(new URL('SPEC.md', import.meta.url), 'utf8')
  const rows = [...spec.matchAll(/^\| B\.5 (\d+) +\|(.*)\|$/gm)].map(([, number, rest]) => ({
    number: Number(number),
    files: [...(rest ?? '').matchAll(/`([\w/.-]+\.test\.ts)`/g)].map(([, file]) => file ?? ''),
  }))
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 53 }, (_, i) => i + 1))
  for (const { number, files } of rows) {
    expect(files, `tests of B.5 ${number}`).not.toEqual([])
    for (const file of files) expect(await numbersIn(file), `${file} of B.5 ${number}`).toContain(number)
  }
})
