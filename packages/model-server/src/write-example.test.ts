import { expect, test } from 'vitest'
import { exampleFolder, examplePrompt, readFolder, starterFolder, writtenOver } from './write-example.ts'

test('the committed reading list is what the sample model writes (renew it with: node packages/model-server/src/write-example.ts)', () => {
  expect(Object.fromEntries(readFolder(exampleFolder))).toEqual(
    Object.fromEntries(writtenOver(readFolder(starterFolder), [examplePrompt])),
  )
})
