import { Eraser, X } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { useMemo, useState, useSyncExternalStore } from 'react'
import { useApp } from '../editor/app-context.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { Select } from '../ui/select.tsx'
import { ConsoleRowView } from './console-row.tsx'
import { DrawerEdge, useDrawerHeight } from './drawer-height.tsx'
import type { LogStore } from './log-store.ts'
import { findRequests, findRows, isMark, type LevelFilter, type RequestFilter } from './page-log.ts'
import { RequestRowView } from './request-row.tsx'
import { RowList } from './row-list.tsx'
import { Mark } from './row-parts.tsx'
import { consoleWords } from './strings.ts'
import { useRowActions } from './use-row-actions.ts'

export type DrawerTab = 'console' | 'network'

type ConsoleDrawerProps = {
  log: LogStore
  tab: DrawerTab
  onTab: (tab: DrawerTab) => void
  keep: boolean
  onKeep: (keep: boolean) => void
  onClose: () => void
}

/** What the page in the preview says and asks for, below it. */
export function ConsoleDrawer({ log, tab, onTab, keep, onKeep, onClose }: ConsoleDrawerProps) {
  const rows = useSyncExternalStore(log.subscribe, log.get)
  const height = useDrawerHeight()
  const [text, setText] = useState('')
  const [level, setLevel] = useState<LevelFilter>('all')
  const [requests, setRequests] = useState<RequestFilter>('all')
  return (
    <section
      aria-label={consoleWords.drawer}
      style={{ height: height.px }}
      className="flex max-h-[75%] shrink-0 flex-col bg-panel"
    >
      <DrawerEdge height={height} />
      <Tabs.Root
        value={tab}
        onValueChange={(value) => onTab(value === 'network' ? 'network' : 'console')}
        className="flex min-h-0 flex-1 flex-col"
      >
        <div className="flex shrink-0 flex-wrap items-center gap-x-2 border-b border-hairline px-2 py-1">
          <Tabs.List aria-label={consoleWords.drawer} className="flex gap-1">
            <Tab value="console" />
            <Tab value="network" />
          </Tabs.List>
          {tab === 'console' ? (
            <Choice label={consoleWords.level} value={level} choices={consoleWords.levels} onChange={setLevel} />
          ) : (
            <Choice
              label={consoleWords.requestsLabel}
              value={requests}
              choices={consoleWords.requests}
              onChange={setRequests}
            />
          )}
          <input
            type="search"
            aria-label={consoleWords.find[tab]}
            placeholder={consoleWords.find[tab]}
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="h-7 min-w-32 flex-1 rounded-control border border-hairline bg-panel px-2 text-13"
          />
          <span className="ml-auto flex items-center">
            <label className="flex h-7 shrink-0 items-center gap-1.5 pe-2 text-12 text-muted">
              <input type="checkbox" checked={keep} onChange={(event) => onKeep(event.target.checked)} />
              {consoleWords.keep}
            </label>
            <IconButton
              label={consoleWords.clear}
              disabled={rows.console.length === 0 && rows.network.length === 0}
              onClick={log.clear}
            >
              <Eraser />
            </IconButton>
            <IconButton label={consoleWords.close} onClick={onClose}>
              <X />
            </IconButton>
          </span>
        </div>
        <Tabs.Content value="console" tabIndex={-1} className="flex min-h-0 flex-1 flex-col">
          <ConsoleRows rows={rows.console} level={level} text={text} />
        </Tabs.Content>
        <Tabs.Content value="network" tabIndex={-1} className="flex min-h-0 flex-1 flex-col">
          <RequestRows rows={rows.network} filter={requests} text={text} />
        </Tabs.Content>
      </Tabs.Root>
    </section>
  )
}

const Tab = ({ value }: { value: DrawerTab }) => (
  <Tabs.Trigger
    value={value}
    className="h-7 rounded-control px-2 text-13 text-muted transition-colors hover:text-ink data-[state=active]:bg-pressed data-[state=active]:text-ink"
  >
    {consoleWords.tabs[value]}
  </Tabs.Trigger>
)

type ChoiceProps<T extends string> = {
  label: string
  value: T
  choices: Record<T, string>
  onChange: (value: T) => void
}

const Choice = <T extends string>({ label, value, choices, onChange }: ChoiceProps<T>) => (
  <Select aria-label={label} value={value} onChange={(event) => onChange(event.target.value as T)}>
    {Object.entries<string>(choices).map(([choice, words]) => (
      <option key={choice} value={choice}>
        {words}
      </option>
    ))}
  </Select>
)

type Rows = ReturnType<LogStore['get']>

function ConsoleRows({ rows, level, text }: { rows: Rows['console']; level: LevelFilter; text: string }) {
  const actions = useRowActions()
  const found = useMemo(() => findRows(rows, level, text), [rows, level, text])
  return (
    <RowList
      key={`${level} ${text}`}
      label={consoleWords.tabs.console}
      empty={rows.length === 0 ? consoleWords.empty.console : consoleWords.noMatch}
      rows={found}
      draw={(row) =>
        isMark(row) ? <Mark key={row.id} row={row} /> : <ConsoleRowView key={row.id} row={row} actions={actions} />
      }
    />
  )
}

function RequestRows({ rows, filter, text }: { rows: Rows['network']; filter: RequestFilter; text: string }) {
  const { liveUrl, previewUrl } = useApp()
  const own = useMemo(() => [liveUrl, previewUrl].map((url) => new URL(url).origin), [liveUrl, previewUrl])
  const found = useMemo(() => findRequests(rows, filter, text), [rows, filter, text])
  return (
    <RowList
      key={`${filter} ${text}`}
      label={consoleWords.tabs.network}
      empty={rows.length === 0 ? consoleWords.empty.network : consoleWords.noMatch}
      rows={found}
      draw={(row) =>
        isMark(row) ? <Mark key={row.id} row={row} /> : <RequestRowView key={row.id} row={row} own={own} />
      }
    />
  )
}
