import {
  must,
  newId,
  type BuildError,
  type Deployment,
  type NewAppEvent,
  type Turn,
  type TurnErrorCode,
} from '@overskill/protocol'
import type { StandIn } from './stand-in-state.ts'
import { hashOf, turnOf, versionOf } from './stand-in-data.ts'
import { sayTo } from './stand-in-deeds.ts'

/** A turn that a test plays by hand, event by event, the way the server would write them. */
export type PlayedTurn = {
  app: string
  turn: Turn
  message: string
  emit: (event: NewAppEvent) => void
  /** Starts a block and returns its index. */
  block(kind: 'text' | 'thinking' | 'tools'): number
  end(block: number, kind: 'text' | 'thinking' | 'tools', ms?: number): void
  text(text: string, done?: boolean): void
  think(text: string, ms?: number): void
  call(block: number, name: string): PlayedCall
  complete(fields?: Partial<Turn>): void
  fail(code: TurnErrorCode, message: string, detail?: string): void
}

export type PlayedCall = {
  id: string
  input(text: string): void
  /** `deadline`: when it is ended at the latest. */
  run(input: unknown, deadline?: string): void
  done(result: string, fields?: { ms?: number; added?: number; removed?: number }): void
  fail(code: string, message: string, status?: 'error' | 'timeout' | 'cancelled'): void
}

/** Says something to an app, starts its turn, and hands the strings over. */
export function playTurn(standIn: StandIn, app: string, said: string): PlayedTurn {
  const { queued, ...asked } = sayTo(standIn, app, said).message
  const turn = turnOf(asked.turn, asked.id, 'running', { steps: 1 })
  const message = newId('msg')
  let blocks = 0
  const emit = (event: NewAppEvent): void => standIn.emit(app, event)
  if (queued) emit({ type: 'message.updated', message: asked })
  emit({ type: 'turn.started', turn })
  emit({
    type: 'message.created',
    message: { id: message, role: 'assistant', turn: turn.id, blocks: [], createdAt: new Date().toISOString() },
  })
  emit({ type: 'step.started', turn: turn.id, step: 1, model: 'sample' })
  const usage = { inputTokens: 4_210, outputTokens: 1_873, cacheReadTokens: 0, cacheWriteTokens: 0 }

  const played: PlayedTurn = {
    app,
    turn,
    message,
    emit,
    block(kind) {
      emit({ type: 'block.started', message, block: blocks, kind })
      blocks += 1
      return blocks - 1
    },
    end: (block, kind, ms) => emit({ type: 'block.completed', message, block, kind, ...(ms !== undefined && { ms }) }),
    text(text, done = true) {
      const block = played.block('text')
      emit({ type: 'text.delta', message, block, offset: 0, text })
      if (done) played.end(block, 'text')
    },
    think(text, ms) {
      const block = played.block('thinking')
      emit({ type: 'thinking.delta', message, block, offset: 0, text })
      if (ms !== undefined) played.end(block, 'thinking', ms)
    },
    call: (block, name) => playCall(emit, { message, block, name }),
    complete: (fields) =>
      emit({
        type: 'turn.completed',
        turn: { ...turn, status: 'completed', usage, deployment: { skipped: 'no_changes' }, ...fields },
      }),
    fail: (code, text, detail) =>
      emit({
        type: 'turn.failed',
        turn: {
          ...turn,
          status: 'failed',
          usage,
          deployment: { skipped: 'no_changes' },
          error: { code, message: text, ...(detail && { detail }) },
        },
      }),
  }
  return played
}

function playCall(
  emit: (event: NewAppEvent) => void,
  place: { message: string; block: number; name: string },
): PlayedCall {
  const id = newId('call')
  const base = { ...place, call: id }
  let offset = 0
  emit({ type: 'tool.pending', ...base, status: 'pending' })
  return {
    id,
    input(text) {
      emit({ type: 'tool.input', ...base, status: 'pending', inputDelta: text, offset })
      offset += text.length
    },
    run(input, deadline) {
      emit({ type: 'tool.queued', ...base, status: 'queued', input })
      emit({ type: 'tool.running', ...base, status: 'running', ...(deadline && { deadline }) })
    },
    done: (result, fields) => emit({ type: 'tool.completed', ...base, status: 'complete', result, ms: 12, ...fields }),
    fail: (code, message, status = 'error') =>
      emit({
        type: 'tool.failed',
        ...base,
        status,
        error: { code, message },
        result: `ERROR ${code}: ${message}`,
        ms: 9,
      }),
  }
}

/** Makes a version of a played turn and deploys it to the preview; with `errors` it does not build. */
export function finishWithVersion(
  standIn: StandIn,
  played: PlayedTurn,
  number: number,
  title: string,
  errors?: BuildError[],
): Deployment {
  const { app, emit } = played
  const state = standIn.app(app)
  const version = versionOf(number, title, { turn: played.turn.id, build: errors ? 'failed' : 'ok' })
  emit({ type: 'version.created', version, message: played.message })
  emit({
    type: 'app.updated',
    app: {
      ...state.snapshot.app,
      version: number,
      status: errors ? 'broken' : 'ready',
      updatedAt: new Date().toISOString(),
    },
  })
  const deployment = deployVersion(standIn, app, number, errors)
  const { id, status } = deployment
  played.complete({ version: number, deployment: { id, status: status === 'failed' ? 'failed' : 'live' } })
  return deployment
}

/** Deploys a version to the preview; with `errors` it does not build. */
export function deployVersion(standIn: StandIn, app: string, number: number, errors?: BuildError[]): Deployment {
  const { snapshot } = standIn.app(app)
  const emit = (event: NewAppEvent): void => standIn.emit(app, event)
  const build = newId('build')
  emit({ type: 'build.started', build, version: number })
  const deployment: Deployment = {
    id: newId('dep'),
    environment: 'preview',
    version: number,
    url: snapshot.app.previewUrl,
    status: 'building',
    stages: [],
    createdAt: new Date().toISOString(),
  }
  emit({ type: 'deployment.started', deployment })
  if (errors) {
    const error = must(errors[0], 'An error')
    emit({ type: 'build.failed', build, version: number, ms: 140, errors })
    const failed: Deployment = {
      ...deployment,
      status: 'failed',
      stages: [{ name: 'build', ms: 140 }],
      error: `${error.file}:${error.line}:${error.column}: ${error.message}`,
    }
    emit({ type: 'deployment.failed', deployment: failed })
    return failed
  }
  emit({ type: 'build.completed', build, version: number, ms: 182 })
  const before = snapshot.deployments.filter((one) => one.environment === 'preview' && one.status === 'live')
  const live: Deployment = {
    ...deployment,
    status: 'live',
    artifact: `sha256:${hashOf(`${app} ${number}`)}c0ffee`,
    bytes: 214_300,
    stages: [
      { name: 'wait', ms: 1 },
      { name: 'build', ms: 182 },
      { name: 'upload', ms: 11 },
      { name: 'switch', ms: 4 },
    ],
  }
  emit({ type: 'deployment.completed', deployment: live })
  for (const old of before) emit({ type: 'deployment.stage', deployment: { ...old, status: 'superseded' } })
  emit({ type: 'preview.ready', url: live.url, version: number })
  return live
}

export const bookFiles: Record<string, string> = {
  'index.html': '<!doctype html>\n<html lang="en">\n  <body>\n    <div id="root"></div>\n  </body>\n</html>\n',
  'package.json':
    '{\n  "name": "reading-list",\n  "private": true,\n  "dependencies": {\n    "react": "19.3.1",\n    "zod": "^4.6.7"\n  }\n}\n',
  'src/App.tsx': "import { Books } from './pages/Books'\n\nexport default function App() {\n  return <Books />\n}\n",
  'src/index.css': "@import 'tailwindcss';\n\n:root {\n  --accent: oklch(0.6 0.15 155);\n}\n",
  'src/pages/Books.tsx': Array.from({ length: 64 }, (_, line) => `// line ${line + 1} of the list of books`).join('\n'),
  'src/components/book-card.tsx':
    'type Props = { title: string; author: string; rating: number }\n\nexport const BookCard = ({ title, author, rating }: Props) => (\n  <article className="rounded-lg border p-4">\n    <h2>{title}</h2>\n    <p>{author}</p>\n    <p>{\'★\'.repeat(rating)}</p>\n  </article>\n)\n',
  'src/components/rating.tsx': 'export const Rating = ({ value }: { value: number }) => <span>{value} of 5</span>\n',
  'src/lib/books.ts': "export const books = [\n  { title: 'Middlemarch', author: 'George Eliot', rating: 5 },\n]\n",
}

const jsonOf = (path: string, content: string): { file_path: string; content: string } => ({ file_path: path, content })

/** A whole first turn of the reading list, up to version 1 in the preview. */
export function playReadingList(standIn: StandIn, app: string): void {
  const played = playTurn(standIn, app, 'A reading list for my book club with title, author and rating, in green')
  played.text(
    'I am the **sample model**: no AI, a few hand-written apps that I fit to your words. I read: a *collection* of books with `title`, `author` and `rating`, in green.\n\nI write it in eight files:\n\n- a page with the list\n- a card and a form\n- the colours',
  )
  const block = played.block('tools')
  const calls = Object.entries(bookFiles).map(([path, content]) => ({
    path,
    content,
    call: played.call(block, 'os-write'),
  }))
  for (const { call, path, content } of calls) {
    call.run(jsonOf(path, content))
    standIn.app(app).files.set(path, content)
  }
  for (const { call, path, content } of calls)
    call.done(`OK created ${path}`, { ms: 14, added: content.split('\n').length, removed: 0 })
  played.end(block, 'tools', 1_420)
  played.emit({ type: 'app.updated', app: { ...standIn.app(app).snapshot.app, name: 'Book club', slug: 'book-club' } })
  played.text('The reading list is there. Say *make it dark* or *add a due date* to change it.')
  finishWithVersion(standIn, played, 1, 'Made a reading list')
}
