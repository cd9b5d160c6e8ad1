import { AppFrame, type Frame, type FrameHeard } from './app-frame.tsx'

type FrameStackProps = FrameHeard & {
  shown: Frame | undefined
  /** What is to take its place, once it is there. */
  next: Frame | undefined
  title: string
}

/** The app in an iframe. A new page loads behind the one in view, so that nothing flashes when it takes its place. */
export const FrameStack = ({ shown, next, ...rest }: FrameStackProps) => (
  <div className="relative size-full">
    {[shown, next].map(
      (frame) => frame && <AppFrame key={frame.key} frame={frame} shown={frame === shown} {...rest} />,
    )}
  </div>
)
