import type { BuildError } from '@overskill/protocol'
import type { AppState, Install } from '../editor/app-state.ts'
import { namesText } from '../packages/install-words.ts'
import { packageWords } from '../packages/strings.ts'
import { isUnderWay, type Host } from './preview-host.ts'
import { previewStateOf, type Failure } from './preview-state.ts'
import { previewWords } from './strings.ts'

/** What is wrong with what one sees, in words: one thing at a time. */
export type Trouble = {
  kind: 'build' | 'deploy' | 'live' | 'page' | 'install'
  /** Tells one trouble from the next. */
  key: string
  /** What happened, and what is safe. */
  text: string
  /** The raw words, behind "Details". */
  detail: string
  file: string | undefined
  line: number | undefined
  /** What to say to the model; undefined where it can do nothing about it. */
  fix: string | undefined
  /** The version to deploy once more, where that may help. */
  again?: number
  /** A package whose absence is the reason. */
  missing: string | undefined
}

/** What is wrong with the page at `host`, the gravest first; undefined when nothing is. */
export function troubleOf(state: AppState, host: Host | undefined): Trouble | undefined {
  const { live, failure } = previewStateOf(state)
  // While files change in the live page, how the last version was built is a thing of the past.
  if (failure && !(host === 'live' && isUnderWay(state))) {
    const shows = host === 'live' ? previewWords.showsLastWorking : live && previewWords.stillShows(live.version)
    const trouble = failure.ofBuild ? buildTrouble : deployTrouble
    return trouble(failure, shows ?? previewWords.showsNothing)
  }
  if (host === 'live' && state.snapshot.live?.status === 'broken') return liveTrouble(state.snapshot.live.errors)
  return installTrouble(state.install) ?? pageTrouble(state, host)
}

const deployTrouble = ({ version, raw = '' }: Failure, shows: string): Trouble => ({
  kind: 'deploy',
  key: `deploy ${version}`,
  text: `${previewWords.notOnLine(version)} ${shows}`,
  detail: raw,
  ...placeOf([]),
  fix: undefined,
  again: version,
})

function buildTrouble({ version, errors, raw }: Failure, shows: string): Trouble {
  const [first] = errors
  const detail = errors.map(textOf).join('\n\n') || raw || ''
  const failed = first?.file
    ? previewWords.failedIn(version, first.file, first.line)
    : previewWords.failedSomewhere(version)
  return {
    kind: 'build',
    key: `build ${version}`,
    text: `${failed} ${shows}`,
    detail,
    ...placeOf(errors),
    fix: previewWords.fixMessage(version, detail),
  }
}

function liveTrouble(errors: readonly BuildError[]): Trouble {
  const [first] = errors
  const detail = errors.map(textOf).join('\n\n')
  const broken = first?.file ? previewWords.brokenIn(first.file, first.line) : previewWords.brokenSomewhere
  return {
    kind: 'live',
    key: `live ${detail}`,
    text: `${broken} ${previewWords.showsLastWorking}`,
    detail,
    ...placeOf(errors),
    fix: previewWords.fixLiveMessage(detail),
  }
}

function installTrouble(install: Install | undefined): Trouble | undefined {
  if (install?.problem === undefined) return undefined
  const text = packageWords.failed(namesText(install.names))
  const detail = install.problem
  const fix = previewWords.fixInstallMessage(text, detail)
  return { kind: 'install', key: `install ${detail}`, text, detail, ...placeOf([]), fix }
}

function pageTrouble({ pageErrors, snapshot: { app } }: AppState, host: Host | undefined): Trouble | undefined {
  const url = host && (host === 'live' ? app.liveUrl : app.previewUrl)
  if (!pageErrors || !url || URL.parse(pageErrors.url)?.origin !== new URL(url).origin) return undefined
  const { told, count, first } = pageErrors
  const place = told.file === undefined ? '' : [told.file, told.line].filter((part) => part !== undefined).join(':')
  const detail = [place, told.message].filter(Boolean).join('\n')
  const said = told.kind === 'blank' ? previewWords.pageBlank : previewWords.pageError(told.file, told.line)
  return {
    kind: 'page',
    key: `page ${first}`,
    text: count > 1 ? `${said} ${previewWords.moreErrors(count - 1)}` : said,
    detail,
    file: told.file,
    line: told.line,
    fix: previewWords.fixPageMessage(said, detail),
    missing: undefined,
  }
}

const placeOf = (errors: readonly BuildError[]): Pick<Trouble, 'file' | 'line' | 'missing'> => ({
  file: errors[0]?.file,
  line: errors[0]?.line,
  missing: errors.find(({ missing }) => missing !== undefined)?.missing,
})

const textOf = ({ file, line, column, message, frame }: BuildError): string => {
  const place = file ? `${[file, line, column].filter((part) => part !== undefined).join(':')}\n` : ''
  // A failure that was read off its text names its place already.
  const says = file && [`${file}:${line}`, `${file}, line ${line}`].some((known) => message.includes(known))
  return `${says ? '' : place}${message}${frame ? `\n\n${frame}` : ''}`
}
