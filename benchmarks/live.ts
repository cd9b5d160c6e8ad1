import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert } from '@overskill/protocol'
import { median, quantile, type Figure } from './figure.ts'
import { launchBrowser, openMarked, timeWrite, type MarkedPage, type Seen } from './live-page.ts'
import {
  encode,
  MARK_FILE,
  markSource,
  prepareLiveSubject,
  startOurLive,
  startViteDev,
  STYLE_FILE,
  type LiveSubject,
  type OurLive,
} from './live-subject.ts'

const ROUNDS = 5
const APP = 'bench'

type Write = (files: Record<string, string>) => Promise<unknown>
type Side = { marked: MarkedPage; write: Write }
/** One edit: what is written, and what the page shows then. */
type Edit = (mark: number) => { files: Record<string, string>; seen: Seen }

/** Live pages beside plain `vite dev` on the same files: each write to the one, then to the other, all pages open. */
export async function measureLive({ short = false } = {}): Promise<Figure[]> {
  const subject = await prepareLiveSubject()
  const vendorCacheDir = await mkdtemp(join(tmpdir(), 'bench-live-vendor-'))
  const ours = await startOurLive(vendorCacheDir)
  const theirs = await startViteDev(subject.dir)
  const browser = await launchBrowser()
  try {
    await ours.open(APP, subject.tree)
    const warm = await openMarked(browser, theirs.url) // its cache of packages is made now
    await warm.context.close()
    const once = await openMarked(browser, ours.url(APP)) // so that packages are compressed, as theirs are made
    await once.context.close()
    const first = await measureFirstPage(ours, theirs.url, subject, browser, short ? 3 : 20)
    const sides: [Side, Side] = [
      {
        marked: await openMarked(browser, ours.url(APP)),
        write: (files) => ours.service.change(APP, changesOf(files)),
      },
      { marked: await openMarked(browser, theirs.url), write: (files) => writeFiles(subject, files) },
    ]
    const perRound = short ? 2 : 8
    const edits: Figure[] = []
    for (const { name, target, edit, ratio } of editsOf(subject))
      edits.push(...(await measureEdit(name, target, ratio, edit, sides, perRound)))
    return [...edits, ...first]
  } finally {
    await browser.close()
    await theirs.close()
    await ours.close()
    await rm(vendorCacheDir, { recursive: true, force: true })
    await subject.close()
  }
}

const changesOf = (files: Record<string, string>) =>
  Object.entries(files).map(([path, text]) => ({ path, content: encode(text) }))

const writeFiles = (subject: LiveSubject, files: Record<string, string>): Promise<unknown> =>
  Promise.all(Object.entries(files).map(([path, text]) => writeFile(join(subject.dir, path), text)))

function editsOf({ tree }: LiveSubject): { name: string; target: number; ratio: number | null; edit: Edit }[] {
  const sheet = new TextDecoder().decode(tree.get(STYLE_FILE))
  const varied = (mark: number): string =>
    sheet.replace(/--foreground: [^;]+;/, `--foreground: rgb(${mark % 250} 1 2);`)
  assert(varied(1) !== sheet, 'The stylesheet has a colour of the text')
  return [
    {
      name: 'tool write → DOM changed (component, state kept)',
      target: 40,
      ratio: 1.8,
      edit: (mark) => ({ files: { [MARK_FILE]: markSource(`mark ${mark}`) }, seen: { text: `mark ${mark}` } }),
    },
    {
      name: 'new Tailwind class → applied',
      target: 50,
      ratio: null,
      edit: (mark) => ({
        files: { [MARK_FILE]: markSource('class', `pt-[${mark}px]`) },
        seen: { property: 'padding-top', value: `${mark}px` },
      }),
    },
    {
      name: 'CSS variable → applied',
      target: 50,
      ratio: null,
      edit: (mark) => ({
        files: { [STYLE_FILE]: varied(mark) },
        seen: { property: 'color', value: `rgb(${mark % 250}, 1, 2)` },
      }),
    },
  ]
}

async function measureEdit(
  name: string,
  target: number,
  ratio: number | null,
  edit: Edit,
  sides: readonly [Side, Side],
  perRound: number,
): Promise<Figure[]> {
  const rounds: [ours: number[], theirs: number[]][] = []
  const bornBefore = await Promise.all(sides.map(bornOf))
  let mark = 10
  for (let round = 0; round < ROUNDS; round += 1) {
    const times: [number[], number[]] = [[], []]
    for (let sample = 0; sample < perRound; sample += 1) {
      mark += 1
      const { files, seen } = edit(mark)
      for (const [index, { marked, write }] of sides.entries())
        times[index]?.push(await timeWrite(marked.page, seen, () => write(files)))
    }
    rounds.push(times)
  }
  assert(String(await bornOf(sides[0])) === String(bornBefore[0]), 'State was kept over all edits')
  const ours = rounds.map(([own]) => median(own))
  const theirs = rounds.map(([, other]) => median(other))
  const all = rounds.flatMap(([own]) => own)
  const reference = { name: 'vite dev', value: median(theirs), rounds: theirs }
  const p50: Figure = {
    name: `${name}, p50`,
    target: `≤ ${target} ms`,
    value: median(ours),
    unit: 'ms',
    reference,
    ratio: median(ours) / median(theirs),
    rounds: ours,
    samples: all.length,
    pass: median(ours) <= target,
  }
  if (ratio === null) return [p50]
  const quotients = ours.map((own, index) => (theirs[index] ?? Number.NaN) / own)
  const p95 = quantile(all, 0.95)
  return [
    p50,
    { ...p50, name: `${name}, p95`, target: `≤ ${target * 2} ms`, value: p95, rounds: [p95], pass: p95 <= target * 2 },
    {
      ...p50,
      name: `${name}, times faster than vite dev`,
      target: `≥ ${ratio} ×`,
      value: median(quotients),
      unit: '×',
      rounds: quotients,
      pass: median(quotients) >= ratio,
    },
  ]
}

const bornOf = ({ marked }: Side): Promise<string | null> =>
  marked.page.locator('#bench-mark').getAttribute('data-born')

/** The first page of an app that was closed, its opening included; beside a dev server that is warm. Fresh contexts. */
async function measureFirstPage(
  ours: OurLive,
  theirUrl: string,
  subject: LiveSubject,
  browser: Parameters<typeof openMarked>[0],
  samples: number,
): Promise<Figure[]> {
  const own: number[] = []
  const other: number[] = []
  let bytes = 0
  for (let sample = 0; sample < samples; sample += 1) {
    await ours.service.close(APP)
    const from = performance.now()
    await ours.open(APP, subject.tree)
    const openMs = performance.now() - from
    const page = await openMarked(browser, ours.url(APP))
    own.push(openMs + page.ms)
    bytes = await transferred(page)
    await page.context.close()
    const reference = await openMarked(browser, theirUrl)
    other.push(reference.ms)
    await reference.context.close()
  }
  const quotients = own.map((ms, index) => (other[index] ?? Number.NaN) / ms)
  return [
    {
      name: 'first page of a cold app, times faster than warm vite dev',
      target: '≥ 1.3 ×',
      value: median(quotients),
      unit: '×',
      reference: { name: 'vite dev', value: median(other), unit: 'ms', rounds: other },
      rounds: quotients,
      samples,
      pass: median(quotients) >= 1.3,
      note: `ours ${Math.round(median(own))} ms, opening included`,
    },
    {
      name: 'first page, bytes on the way to the browser',
      target: '≤ 700 kB',
      value: bytes / 1000,
      unit: 'kB',
      rounds: [bytes / 1000],
      samples: 1,
      pass: bytes <= 700_000,
    },
  ]
}

/** What came over the network for a page, headers included. */
const transferred = ({ page }: MarkedPage): Promise<number> =>
  page.evaluate(() => {
    const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    return entries.reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).transferSize, 0)
  })

if (import.meta.main) console.table(await measureLive({ short: true }))
