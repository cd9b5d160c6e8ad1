import { useEffect, useRef, useState, type ReactNode } from 'react'

export type Device = 'desktop' | 'tablet' | 'mobile'

const widthsPx: Record<Exclude<Device, 'desktop'>, number> = { tablet: 768, mobile: 390 }

/** Gives what is inside the width of a device; where that is more than there is room, it is drawn smaller. */
export function DeviceFrame({ device, children }: { device: Device; children: ReactNode }) {
  const room = useRef<HTMLDivElement>(null)
  const [roomPx, setRoomPx] = useState(0)
  useEffect(() => {
    if (!room.current) return
    const observer = new ResizeObserver(([entry]) => setRoomPx(entry?.contentRect.width ?? 0))
    observer.observe(room.current)
    return () => observer.disconnect()
  }, [])
  const width = device === 'desktop' ? undefined : widthsPx[device]
  const scale = width && roomPx ? Math.min(1, roomPx / width) : 1
  return (
    <div ref={room} className="flex min-h-0 flex-1 justify-center overflow-hidden bg-sunken">
      <div className="h-full" style={{ width: width ? width * scale : '100%' }}>
        <div
          className={width ? 'origin-top-left border-x border-hairline' : ''}
          style={{
            width: width ?? '100%',
            height: `${100 / scale}%`,
            transform: scale < 1 ? `scale(${scale})` : 'none',
          }}
        >
          {children}
        </div>
      </div>
    </div>
  )
}
