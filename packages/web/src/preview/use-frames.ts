import { useEffect, useEffectEvent, useState } from 'react'
import type { ReportSink } from '../console/log-store.ts'
import type { AppState } from '../editor/app-state.ts'
import type { Frame, FrameHeard } from './app-frame.tsx'
import { chooseHost, isUnderWay, type Choice, type Host } from './preview-host.ts'
import { previewStateOf } from './preview-state.ts'
import { usePageTalk } from './use-page-talk.ts'

/** An app that never finishes loading is shown as far as it came. */
const longestLoadMs = 8_000

export type Frames = FrameHeard & {
  shown: Frame | undefined
  /** What takes its place once it is there. */
  next: Frame | undefined
  /** Where in the app one is, as far as its page says. */
  route: string
  go: (route: string) => void
  reload: () => void
  /** What waits because something was typed in the page in view, and the way to show it. */
  waiting: Choice['waiting']
  showWaiting: () => void
}

/** Which pages of the app are loaded, which is in view, and what they say. */
export function useFrames(state: AppState, reports: ReportSink): Frames {
  const { app } = state.snapshot
  const [shown, setShown] = useState<Frame>()
  const [touched, setTouched] = useState<string>()
  const [lost, setLost] = useState<{ at: number | undefined; count: number }>({ at: undefined, count: 0 })
  const [loads, setLoads] = useState(0)
  const { route, say, ask, keepOf } = useRoute(shown)
  const deployed = previewStateOf(state).live
  const choice = chooseHost(state, { shows: shown, touched: touched === (shown?.key ?? ''), lostAt: lost.at })

  const urlOf = (host: Host): string => new URL(route, host === 'live' ? app.liveUrl : app.previewUrl).href
  const frameOf = (host: Host): Frame =>
    host === 'live'
      ? { host, key: `live ${loads} ${lost.count}`, url: urlOf(host) }
      : { host, key: `preview ${deployed?.id} ${loads}`, deployment: deployed?.id, url: urlOf(host) }
  const wanted = choice.waiting ? shown : choice.host && frameOf(choice.host)
  // What is deployed is there at once; anything newer takes its place when it has come.
  if (!shown && deployed) setShown(frameOf('preview'))
  if (shown && !wanted) setShown(undefined)
  const next = wanted?.key === shown?.key ? undefined : wanted

  const show = (frame: Frame): void => {
    keepOf(frame)
    setShown(frame)
  }
  const onMessage = usePageTalk(reports, {
    onReady: (frame) => {
      if (touched === frame.key) setTouched(undefined)
      if (frame.key === next?.key) show(frame)
    },
    onPath: say,
    // Who tries what is deployed and then says what should change is done with it; who goes on is not.
    onTouched: (frame) => (frame.host === 'live' || isUnderWay(state)) && setTouched(frame.key),
  })
  const reload = (): void => {
    setTouched(undefined)
    setLoads(loads + 1)
  }
  useLimit(next?.host === 'preview' ? next : undefined, show)
  return {
    shown,
    next,
    route,
    go: (path) => {
      ask(path)
      reload()
    },
    reload,
    waiting: choice.waiting,
    showWaiting: () => setTouched(undefined),
    onMessage,
    // A live page is one only once it answers: until then it may be the words of a server that has none.
    onLoad: (frame) => frame.host === 'preview' && frame.key === next?.key && show(frame),
    onSilence: (frame) => frame.host === 'live' && setLost({ at: state.changes, count: lost.count + 1 }),
  }
}

type Route = {
  route: string
  /** A page says where it is. One that is still loading does too; that counts once it is in view. */
  say: (frame: Frame, path: string) => void
  /** A person wants to be there. */
  ask: (path: string) => void
  /** A page comes into view: what others said is forgotten, and where one was stays where it says nothing else. */
  keepOf: (frame: Frame) => void
}

/** Where in the app one is, over all of its pages. */
function useRoute(shown: Frame | undefined): Route {
  const [asked, setAsked] = useState('/')
  const [paths, setPaths] = useState<Record<string, string>>({})
  const route = (shown && paths[shown.key]) ?? asked
  return {
    route,
    say: (frame, path) => setPaths((before) => ({ ...before, [frame.key]: path })),
    ask: (path) => {
      setAsked(path)
      setPaths({})
    },
    keepOf: (frame) => {
      setAsked(route)
      setPaths(({ [frame.key]: path }) => (path === undefined ? {} : { [frame.key]: path }))
    },
  }
}

/** Shows a frame that has not finished loading in time. */
function useLimit(frame: Frame | undefined, show: (frame: Frame) => void): void {
  const late = useEffectEvent(() => frame && show(frame))
  const key = frame?.key
  useEffect(() => {
    if (key === undefined) return
    const timer = setTimeout(() => late(), longestLoadMs)
    return () => clearTimeout(timer)
  }, [key])
}
