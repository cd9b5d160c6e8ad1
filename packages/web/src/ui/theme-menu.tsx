import { Monitor, Moon, Sun } from 'lucide-react'
import { IconButton } from './icon-button.tsx'
import { Menu, MenuChoice } from './menu.tsx'
import { words } from './strings.ts'
import { setTheme, useTheme } from './theme.ts'

const icons = { light: Sun, dark: Moon, system: Monitor }

export const themeChoices = [
  { value: 'light', label: words.themeLight },
  { value: 'dark', label: words.themeDark },
  { value: 'system', label: words.themeSystem },
] as const

/** Light, dark or as the system. */
export function ThemeMenu() {
  const theme = useTheme()
  const Icon = icons[theme]
  return (
    <Menu
      trigger={
        <IconButton label={words.theme}>
          <Icon />
        </IconButton>
      }
    >
      <MenuChoice value={theme} onChange={setTheme} choices={themeChoices} />
    </Menu>
  )
}
