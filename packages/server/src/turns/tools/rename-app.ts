import { defineTool, done, refused, write } from '@overskill/agent'
import { AppName, cutText, limits } from '@overskill/protocol'
import { z } from 'zod'
import type { ToolWork } from './work.ts'

export const renameApp = defineTool({
  name: 'rename-app',
  description:
    'Names the app, and describes it in one sentence if you give one. Use it once on the first build, and later when the person asks for another name; not for headings inside the app, which are edits of its files. ' +
    'The web address follows the name until the app is first published. Limits: 80 characters for the name, 500 for the description. ' +
    'Example: {"name": "Reading List", "description": "Books of our club with ratings."}.',
  input: z.object({
    name: z.string().describe('Short and human, such as Reading List'),
    description: z.string().optional().describe('One sentence about the app'),
  }),
  effect: 'transactional',
  changes: true,
  keys: () => [write('meta')],
  async run({ name, description }, work: ToolWork) {
    const valid = AppName.safeParse(name)
    if (!valid.success) {
      return refused(
        'INVALID_NAME',
        `A name has 1 to ${limits.nameLength} characters; this one has ${name.trim().length}.`,
      )
    }
    const fitting = description && cutText(description.trim(), limits.descriptionLength)
    const renamed = await work.rename(valid.data, fitting)
    if (renamed.ok)
      return done(`The app is called ${JSON.stringify(renamed.value.name)}; its address name is ${renamed.value.slug}.`)
    return refused(renamed.failure.code === 'conflict' ? 'TAKEN' : 'INVALID_NAME', renamed.failure.detail)
  },
})
