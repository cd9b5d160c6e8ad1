import { Moon, Sun, SunMoon } from 'lucide-react'
import { type Theme, useTheme } from '@/components/theme-provider'
import { Button } from '@/components/ui/button'

const words: Record<Theme, string> = { light: 'light', dark: 'dark', system: 'as on this device' }
const icons = { light: Sun, dark: Moon, system: SunMoon }

/** Each press goes on: first the other look, then the one the device prefers, then whatever the device says. */
export function ThemeToggle() {
  const { theme, systemTheme, setTheme } = useTheme()
  const other: Theme = systemTheme === 'dark' ? 'light' : 'dark'
  const next: Theme = theme === 'system' ? other : theme === other ? systemTheme : 'system'
  const Icon = icons[theme]
  return (
    <Button
      variant="ghost"
      size="icon"
      aria-label={`Look: ${words[theme]}`}
      title={`Look: ${words[theme]}. Press for ${words[next]}`}
      onClick={() => setTheme(next)}
    >
      <Icon aria-hidden="true" />
    </Button>
  )
}
