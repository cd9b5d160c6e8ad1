import { expect, test } from 'vitest'
import { applyToApp, beginFrom, type AppState } from '../editor/app-state.ts'
import { finishWithVersion, playTurn } from '../testing/scenarios.ts'
import { createStandIn } from '../testing/stand-in.ts'
import type { StandIn } from '../testing/stand-in-state.ts'
import { errorsIn, previewStateOf } from './preview-state.ts'

const broken = [{ file: 'src/pages/Books.tsx', line: 14, column: 9, message: 'Unexpected token', frame: '14 | <' }]

const twoVersions = (): { standIn: StandIn; app: string; watched: () => AppState; reloaded: () => AppState } => {
  const standIn = createStandIn(() => 80)
  const made = standIn.addApp()
  const begin = beginFrom(made.snapshot)
  const app = made.snapshot.app.id
  finishWithVersion(standIn, playTurn(standIn, app, 'A list'), 1, 'Made a list')
  finishWithVersion(standIn, playTurn(standIn, app, 'A chart'), 2, 'Added a chart', broken)
  return { standIn, app, watched: () => made.log.reduce(applyToApp, begin), reloaded: () => beginFrom(made.snapshot) }
}

test('L25: a version that does not build leaves the last good one in view', () => {
  const state = previewStateOf(twoVersions().watched())
  expect(state.live?.version).toBe(1)
  expect(state.failure).toMatchObject({ version: 2, errors: broken })
  expect(state.pending).toBeUndefined()
})

test('after a reload the place of the failure is read off its text', () => {
  expect(previewStateOf(twoVersions().reloaded()).failure?.errors[0]).toMatchObject({
    file: 'src/pages/Books.tsx',
    line: 14,
    column: 9,
  })
})

test('the next version that builds ends the failure', () => {
  const { standIn, app, watched } = twoVersions()
  finishWithVersion(standIn, playTurn(standIn, app, 'Fix it'), 3, 'Fixed the chart')
  expect(previewStateOf(watched())).toMatchObject({ failure: undefined, live: { version: 3 } })
})

test('a failure without a place is only its words', () => {
  expect(errorsIn('The builder ran out of memory')).toEqual([{ message: 'The builder ran out of memory' }])
  expect(errorsIn(undefined)).toEqual([])
  expect(errorsIn('src/a-b.test.tsx, line 7: no')).toMatchObject([{ file: 'src/a-b.test.tsx', line: 7 }])
})
