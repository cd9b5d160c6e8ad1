import type { FileEntry } from '@overskill/protocol'
import { ChevronRight, Download, Package, Search } from 'lucide-react'
import { useMemo, useState, type ReactNode, type RefObject } from 'react'
import { exportUrl } from '../api/files.ts'
import { useApp } from '../editor/app-context.tsx'
import { useEditor } from '../editor/editor-actions.tsx'
import { packageWords } from '../packages/strings.ts'
import { classes } from '../ui/classes.ts'
import { FilePath } from '../ui/file-path.tsx'
import { findFiles, treeOf, type TreeNode } from './file-tree.ts'
import { codeWords } from './strings.ts'

type FileListProps = {
  files: readonly FileEntry[]
  chosen: string | undefined
  unsaved: ReadonlySet<string>
  onChoose: (path: string) => void
  search: RefObject<HTMLInputElement | null>
}

/** The app's files as a tree, or as a list of those that a search finds. */
export function FileList({ files, chosen, unsaved, onChoose, search }: FileListProps) {
  const app = useApp().id
  const { openPackages } = useEditor()
  const [text, setText] = useState('')
  const tree = useMemo(() => treeOf(files), [files])
  const found = useMemo(() => findFiles(files, text), [files, text])
  const row = { chosen, unsaved, onChoose }
  return (
    <nav aria-label={codeWords.files} className="flex h-full flex-col">
      <label className="relative m-2 block shrink-0">
        <Search aria-hidden className="absolute top-1.5 left-2 size-4 text-muted" strokeWidth={1.5} />
        <input
          ref={search}
          type="search"
          aria-label={codeWords.find}
          placeholder={codeWords.find}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && found[0]) onChoose(found[0].path)
          }}
          className="h-7 w-full rounded-control border border-hairline bg-panel pr-2 pl-7 text-13"
        />
      </label>
      <div className="min-h-0 flex-1 relative overflow-y-auto px-1 pb-2">
        {text.trim() ? (
          <ul>
            {found.map(({ path }) => (
              <FileRow key={path} path={path} depth={0} {...row}>
                <FilePath path={path} />
              </FileRow>
            ))}
          </ul>
        ) : (
          <Nodes nodes={tree} depth={0} {...row} />
        )}
        {text.trim() && found.length === 0 && <p className="px-2 py-1 text-12 text-muted">{codeWords.noMatch}</p>}
        {files.length === 0 && <p className="px-2 py-1 text-13 text-muted">{codeWords.empty}</p>}
      </div>
      <button type="button" className={footClass} onClick={openPackages}>
        <Package aria-hidden className="size-4" strokeWidth={1.5} />
        {packageWords.title}
      </button>
      <a href={exportUrl(app)} download className={footClass}>
        <Download aria-hidden className="size-4" strokeWidth={1.5} />
        {codeWords.downloadAll}
      </a>
    </nav>
  )
}

const footClass =
  'flex h-9 shrink-0 items-center gap-2 border-t border-hairline px-3 text-13 text-muted transition-colors hover:text-ink'

type RowContext = Pick<FileListProps, 'chosen' | 'unsaved' | 'onChoose'>

const Nodes = ({ nodes, depth, ...row }: { nodes: readonly TreeNode[]; depth: number } & RowContext) => (
  <ul>
    {nodes.map((node) =>
      node.kind === 'folder' ? (
        <Folder key={node.path} folder={node} depth={depth} {...row} />
      ) : (
        <FileRow key={node.path} path={node.path} depth={depth} {...row}>
          <span className="truncate">{node.name}</span>
        </FileRow>
      ),
    )}
  </ul>
)

const indent = (depth: number): React.CSSProperties => ({ paddingInlineStart: `${8 + depth * 12}px` })
const rowClass = 'flex h-7 w-full items-center gap-1.5 rounded-control pe-2 text-start text-13 hover:bg-hover'

function Folder({
  folder,
  depth,
  ...row
}: { folder: Extract<TreeNode, { kind: 'folder' }>; depth: number } & RowContext) {
  const holdsChosen = row.chosen?.startsWith(`${folder.path}/`) ?? false
  const [open, setOpen] = useState(depth < 2 || holdsChosen)
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        style={indent(depth)}
        className={rowClass}
        onClick={() => setOpen(!open)}
      >
        <ChevronRight
          aria-hidden
          className={classes('size-3.5 shrink-0 text-muted transition-transform', open && 'rotate-90')}
          strokeWidth={1.5}
        />
        <span className="truncate text-muted">{folder.name}</span>
      </button>
      {open && <Nodes nodes={folder.children} depth={depth + 1} {...row} />}
    </li>
  )
}

type FileRowProps = { path: string; depth: number; children: ReactNode } & RowContext

const FileRow = ({ path, depth, chosen, unsaved, onChoose, children }: FileRowProps) => (
  <li>
    <button
      type="button"
      aria-current={path === chosen ? 'true' : undefined}
      style={indent(depth + 1)}
      className={classes(rowClass, path === chosen && 'bg-pressed')}
      onClick={() => onChoose(path)}
    >
      {children}
      {unsaved.has(path) && (
        <span title={codeWords.unsaved} className="ml-auto size-1.5 shrink-0 rounded-full bg-accent">
          <span className="sr-only">{codeWords.unsaved}</span>
        </span>
      )}
    </button>
  </li>
)
