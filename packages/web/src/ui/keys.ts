const isMac = /mac|iphone|ipad/i.test(navigator.userAgent)

/** A shortcut as this machine's keyboards show it. */
export const shortcut = (key: string): string => (isMac ? `⌘${key}` : `Ctrl ${key}`)

/** Move what has the focus earlier or later in its list. */
export const earlierKeys = isMac ? '⌥↑' : 'Alt ↑'
export const laterKeys = isMac ? '⌥↓' : 'Alt ↓'

export const sendKeys = isMac ? '⌘↵' : 'Ctrl ↵'

type Pressed = { metaKey: boolean; ctrlKey: boolean; altKey: boolean }

/** Whether the command key of this machine is held: ⌘ on a Mac, Ctrl elsewhere. */
export const isCommand = (event: Pressed): boolean => (isMac ? event.metaKey : event.ctrlKey) && !event.altKey
