import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('after the guard, scripts read inside the folders and nowhere else', async () => {
  const script = `
    import fs, { readFileSync } from 'node:fs'
    import { readFile } from 'node:fs/promises'
    import { guardReads } from '${new URL('./guard-reads.ts', import.meta.url).pathname}'
    guardReads([${JSON.stringify(import.meta.dirname)}])
    const tries = {
      inside: () => readFileSync('${import.meta.filename}').length > 0,
      named: () => readFileSync('/etc/hostname'),
      default: () => fs.readFileSync('/etc/hostname'),
      promise: () => readFile('/etc/hostname'),
      climb: () => readFileSync('${import.meta.dirname}/../../../../package.json'),
      twin: () => readFileSync('${import.meta.dirname}-other/x'),
      url: () => readFileSync(new URL('file:///etc/hostname')),
      folder: () => fs.readdirSync('/etc'),
      descriptor: () => fs.openSync('/etc/hostname'),
    }
    const answers = {}
    for (const [name, run] of Object.entries(tries)) {
      try { answers[name] = Boolean(await run()) } catch (error) { answers[name] = error.message.includes('outside') ? 'refused' : error.message }
    }
    process.stdout.write(JSON.stringify(answers))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  expect(JSON.parse(stdout)).toEqual({
    inside: true,
    named: 'refused',
    default: 'refused',
    promise: 'refused',
    climb: 'refused',
    twin: 'refused',
    url: 'refused',
    folder: 'refused',
    descriptor: 'refused',
  })
})
