import { isDeepStrictEqual } from 'node:util'
import { refused, type ToolResult } from '@overskill/agent'
import { wantsFiles } from '@overskill/builder'
import { limits } from '@overskill/protocol'
import { findElision } from '@overskill/workspace'
import { findSecret } from './find-secret.ts'

/** Files without which an app does not start: never deleted or moved. */
const needed = new Set(['package.json', 'package-lock.json', 'index.html', 'src/main.tsx'])

/** Configuration that would run or steer the build; the builder has its own and reads none of these. */
const buildConfig =
  /(^|\/)(?:(?:vite|vitest|postcss|tailwind|babel|rollup|rolldown)\.config\.[^/]*|\.(?:babelrc|swcrc|postcssrc|npmrc|yarnrc)(?:\.[^/]*)?)$/i

const notConfigurable = (path: string): ToolResult =>
  refused(
    'PATH_DENIED',
    `${path} cannot be written: the build is configured by OverSkill, and a configuration file of the app is not read. Tailwind's theme is set in CSS with @theme; the alias "@/" already means src/. Nothing was changed.`,
  )

const locks = new Set(wantsFiles.filter((path) => path !== 'package.json'))

const lockDenied = (path: string): ToolResult =>
  refused('PROTECTED', `${path} is kept by OverSkill and cannot be written. Nothing was changed.`)

/** The refusal for a path at which no tool makes or changes a file; undefined where it may. */
export function guardTarget(path: string): ToolResult | undefined {
  if (buildConfig.test(path)) return notConfigurable(path)
  return locks.has(path) ? lockDenied(path) : undefined
}

/** The refusal for taking away a file that the app, or its export, needs; undefined for others. */
export function guardRemoval(path: string): ToolResult | undefined {
  if (!needed.has(path) && !buildConfig.test(path)) return undefined
  return refused(
    'PROTECTED',
    `${path} is needed to build and start the app and stays where it is. Nothing was changed.`,
  )
}

const fixedFields = [
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'optionalDependencies',
  'bundleDependencies',
  'bundledDependencies',
  'overrides',
  'workspaces',
  'scripts',
]

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined // not JSON: the caller says so
  }
}

/** package.json may change its name and the like; what is installed is changed by tools of its own, what is run by none. */
function guardPackage(text: string, before: string | undefined): ToolResult | undefined {
  const now = parseObject(text)
  const old = parseObject(before ?? '') ?? {}
  if (!now) return refused('PROTECTED', 'package.json must stay a JSON object, or nothing builds. Nothing was changed.')
  const changed = fixedFields.filter((field) => !isDeepStrictEqual(now[field], old[field]))
  if (changed.length === 0) return undefined
  return refused(
    'PROTECTED',
    `package.json: ${changed.join(', ')} cannot be changed by hand. Nothing was changed. Packages are added with os-add-dependency and removed with os-remove-dependency; scripts stay as they are.`,
  )
}

/**
 * The refusal for a content that is not to be stored; undefined when it may be. What the file had before (a secret that a person put there, an
 * elision) is not held against an edit that leaves it alone.
 */
export function guardContent(path: string, text: string, before?: string): ToolResult | undefined {
  if (text.includes('\0')) {
    return refused(
      'BINARY',
      `The content for ${path} has a NUL character in it: files are written as text. Nothing was changed.`,
    )
  }
  const bytes = Buffer.byteLength(text)
  if (bytes > limits.fileBytes) {
    return refused(
      'TOO_LARGE',
      `${path} would have ${bytes} bytes; a file has at most ${limits.fileBytes}. Nothing was changed. Split it into smaller files.`,
    )
  }
  const elision = findElision(path, text)
  if (elision && !before?.includes(elision.text)) {
    return refused(
      'ELISION',
      `Line ${elision.line} of ${path} stands for code left out (${JSON.stringify(elision.text)}), but what is written is stored as it is. Nothing was changed. Write out all of the file, or change only the part you mean with os-replace.`,
    )
  }
  const secret = findSecret(text, before)
  if (secret) {
    return refused(
      'SECRET_IN_CODE',
      `Line ${secret.line} of ${path} holds what looks like ${secret.kind}. Everything in the app is readable by its visitors, so a key must not be in it. Nothing was changed. Leave the key out and tell the person that it must not be part of the app.`,
    )
  }
  return path === 'package.json' ? guardPackage(text, before) : undefined
}
