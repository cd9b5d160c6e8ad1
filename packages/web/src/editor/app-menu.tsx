import { useNavigate } from '@tanstack/react-router'
import { ChartNoAxesColumn, Cpu, Download, Ellipsis, Keyboard, Package, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { exportUrl } from '../api/files.ts'
import { useDeleteApp } from '../home/use-delete-app.ts'
import { packageWords } from '../packages/strings.ts'
import { usageWords } from '../usage/strings.ts'
import { Confirm } from '../ui/confirm.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuSeparator } from '../ui/menu.tsx'
import { words } from '../ui/strings.ts'
import { themeChoices } from '../ui/theme-menu.tsx'
import { setTheme, useTheme } from '../ui/theme.ts'
import { useApp } from './app-context.tsx'
import { useEditor } from './editor-actions.tsx'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'
import { editorWords } from './strings.ts'

/** What one rarely does with an app. */
export function AppMenu() {
  const app = useApp()
  const theme = useTheme()
  const navigate = useNavigate()
  const { openModels, openPackages, openUsage } = useEditor()
  const [shown, setShown] = useState<'shortcuts' | 'delete'>()
  const remove = useDeleteApp(app, () => void navigate({ to: '/', ignoreBlocker: true }))
  const close = (): void => setShown(undefined)
  return (
    <>
      <Menu
        trigger={
          <IconButton label={editorWords.menu}>
            <Ellipsis />
          </IconButton>
        }
      >
        <MenuItem asChild>
          <a href={exportUrl(app.id)} download>
            <Download />
            {editorWords.download}
          </a>
        </MenuItem>
        <MenuItem onSelect={openPackages}>
          <Package />
          {packageWords.title}
        </MenuItem>
        <MenuItem onSelect={openModels}>
          <Cpu />
          {editorWords.models}
        </MenuItem>
        <MenuItem onSelect={openUsage}>
          <ChartNoAxesColumn />
          {usageWords.title}
        </MenuItem>
        <MenuItem onSelect={() => setShown('shortcuts')}>
          <Keyboard />
          {editorWords.shortcuts}
        </MenuItem>
        <MenuSeparator />
        <MenuLabel>{words.theme}</MenuLabel>
        <MenuChoice value={theme} onChange={setTheme} choices={themeChoices} />
        <MenuSeparator />
        <MenuItem onSelect={() => setShown('delete')}>
          <Trash2 />
          {editorWords.deleteApp}
        </MenuItem>
      </Menu>
      <ShortcutsDialog open={shown === 'shortcuts'} onClose={close} />
      <Confirm
        open={shown === 'delete'}
        onClose={close}
        onConfirm={() => remove.mutate()}
        title={editorWords.deleteTitle(app.name || words.untitled)}
        action={words.remove}
        danger
      >
        {app.productionUrl && <p>{editorWords.deletePublished(app.productionUrl)}</p>}
        <p>{editorWords.deleteText}</p>
      </Confirm>
    </>
  )
}
