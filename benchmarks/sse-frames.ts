/** One event of a stream as the server writes it; what is no part of the log has no `id`. */
export type SseFrame = { id: number | undefined; name: string; data: string }

const parts = /^(?:id: (\d+)\n)?event: (.*)\ndata: (.*)$/m

/** Takes a stream's text in whatever pieces it comes and hands on each event that is whole. Comments are left out. */
export function createSseReader(take: (frame: SseFrame) => void): (text: string) => void {
  let rest = ''
  return (text) => {
    const frames = (rest + text).split('\n\n')
    rest = frames.pop() ?? ''
    for (const frame of frames) {
      const [, id, name, data] = parts.exec(frame) ?? []
      if (name !== undefined && data !== undefined) take({ id: id === undefined ? undefined : Number(id), name, data })
    }
  }
}
