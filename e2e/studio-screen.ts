import type { FrameLocator, Page } from 'playwright-core'

/** The id of the app that the editor shows. */
export const studioApp = (page: Page): string => /\/apps\/([a-z0-9]{6})/.exec(page.url())?.[1] ?? ''

/** The app in the preview; while a newer page loads behind the one in view, the newer. */
export const appInFrame = (page: Page): FrameLocator =>
  page.frameLocator('iframe[title^="Preview of"]:not([aria-hidden])').last()

/** Types into the message box and sends. */
export async function say(page: Page, text: string): Promise<void> {
  const field = page.getByLabel('Message', { exact: true })
  await field.fill(text)
  await field.press('Enter')
}
