import process from 'node:process'
import { encodeJsonFrame, readFrames } from '../../frames.ts'
import type { StyleOrder, StyleReply } from '../style-messages.ts'
import type { StyleAnswer, StyleToolchain } from '../style-request.ts'
import { bindToolchain, openAppCode, type AppCode } from './app-code.ts'
import { faultOf } from './faults.ts'
import type { Tailwind3 } from './tailwind-3.ts'
import type { Tailwind4 } from './tailwind-4.ts'

/**
 * The style process: runs one app's Tailwind config and plugins, and compiles stylesheets with them. What it is sent comes
 * over stdin, what it answers goes over stdout. It ends when stdin ends. It must be confined: nothing here is a boundary.
 */
type Order<K extends StyleOrder['kind']> = Extract<StyleOrder, { kind: K }>
type Compile = (order: Order<'compile'>) => Promise<string>

const [root = '/'] = process.argv.slice(2)
const writeOut = process.stdout.write.bind(process.stdout)
process.stdout.write = process.stderr.write.bind(process.stderr) // what a config prints must not get between frames
process.chdir(root) // where a config's globs start from

const texts = new Map<string, string>()
const decoder = new TextDecoder()

function textOf(hash: string): string {
  const text = texts.get(hash)
  if (text === undefined) throw new Error('A file was not sent')
  return text
}

async function open(toolchain: StyleToolchain, code: AppCode): Promise<Compile> {
  if (toolchain.major === 4) return openTailwind4(toolchain.modules, code)
  const { createTailwind3 } = await import('./tailwind-3.ts')
  bindToolchain(3)
  const { config } = toolchain
  const configDir = config ? code.fileOf(config.path).split('/').slice(0, -1).join('/') : root
  const tailwind: Tailwind3 = createTailwind3(config ? code.run(config) : {}, { root, configDir })
  return async ({ sheet, files }) => {
    if (sheet.major !== 3) throw new Error('A stylesheet for Tailwind 3 was expected')
    return tailwind.compile(sheet, { paths: files, text: textOf })
  }
}

async function openTailwind4(
  modules: Extract<StyleToolchain, { major: 4 }>['modules'],
  code: AppCode,
): Promise<Compile> {
  const { createTailwind4 } = await import('./tailwind-4.ts')
  bindToolchain(4)
  const tailwind: Tailwind4 = createTailwind4(modules, code)
  return async ({ sheet }) => {
    if (sheet.major !== 4) throw new Error('A stylesheet for Tailwind 4 was expected')
    return tailwind.compile(sheet)
  }
}

const scriptsOf = (toolchain: StyleToolchain): string[] =>
  toolchain.major === 3
    ? [toolchain.config?.path ?? []].flat()
    : toolchain.modules.flatMap(({ script }) => script?.path ?? [])

type Opened = { code: AppCode; scripts: readonly string[]; compile: Compile } | { fault: StyleAnswer }

async function openSafely(toolchain: StyleToolchain): Promise<Opened> {
  const code = openAppCode(root)
  const scripts = scriptsOf(toolchain)
  try {
    return { code, scripts, compile: await open(toolchain, code) }
  } catch (error) {
    return { fault: { ok: false, faults: [faultOf(error, code, scripts, 'script')] } }
  }
}

async function answer(opened: Opened, order: Order<'compile'>): Promise<StyleAnswer> {
  if ('fault' in opened) return opened.fault
  if (order.forget) texts.clear()
  for (const [hash, content] of order.contents) texts.set(hash, decoder.decode(content))
  try {
    return { ok: true, css: await opened.compile(order) }
  } catch (error) {
    return { ok: false, faults: [faultOf(error, opened.code, opened.scripts, 'sheet')] }
  }
}

let opening: Promise<Opened> | null = null
let last: Promise<unknown> = Promise.resolve()
const read = readFrames((message) => {
  const order = message as StyleOrder // it comes from our owner
  if (order.kind === 'open') opening = openSafely(order.toolchain)
  const opened = opening
  if (order.kind !== 'compile' || !opened) return
  last = last.then(async () => {
    const reply: StyleReply = { id: order.id, answer: await answer(await opened, order) }
    writeOut(encodeJsonFrame(reply))
  })
})
process.stdin.on('data', read)
process.stdin.on('end', () => process.exit(0))
