/** For tests: an app as other builders export it (Vite, React 18, shadcn/ui, Tailwind 3 with a config in TypeScript). */

export const SHEET = `@tailwind base;
@tailwind components;
@tailwind utilities;

@layer base {
  :root {
    --background: 0 0% 100%;
    --foreground: 222.2 84% 4.9%;
    --card: 0 0% 100%;
    --primary: 222.2 47.4% 11.2%;
    --primary-foreground: 210 40% 98%;
    --border: 214.3 31.8% 91.4%;
    --ring: 222.2 84% 4.9%;
    --radius: 0.5rem;
  }
  .dark {
    --background: 222.2 84% 4.9%;
    --foreground: 210 40% 98%;
  }
}

@layer base {
  * {
    @apply border-border;
  }
  body {
    @apply bg-background text-foreground;
  }
}

@layer components {
  .panel { @apply rounded-lg border bg-card p-4 shadow-sm hover:shadow-md; }
  .never-used { color: red; }
}

@layer utilities {
  .text-balance { text-wrap: balance; }
}

.own { margin-top: theme('spacing.4'); color: theme('colors.primary.DEFAULT'); }
@media screen(md) { .own { margin-top: theme(spacing.8) } }
`

export const CONFIG = `import type { Config } from "tailwindcss";

export default {
	darkMode: ["class"],
	content: ["./pages/**/*.{ts,tsx}", "./components/**/*.{ts,tsx}", "./app/**/*.{ts,tsx}", "./src/**/*.{ts,tsx}"],
	prefix: "",
	safelist: ["mt-[7px]", { pattern: /^bg-(red|blue)-500$/, variants: ["hover"] }],
	theme: {
		container: { center: true, padding: '2rem', screens: { '2xl': '1400px' } },
		extend: {
			colors: {
				border: 'hsl(var(--border))',
				ring: 'hsl(var(--ring))',
				background: 'hsl(var(--background))',
				foreground: 'hsl(var(--foreground))',
				primary: { DEFAULT: 'hsl(var(--primary))', foreground: 'hsl(var(--primary-foreground))' },
				card: 'hsl(var(--card))',
			},
			borderRadius: { lg: 'var(--radius)', md: 'calc(var(--radius) - 2px)', sm: 'calc(var(--radius) - 4px)' },
			keyframes: {
				'accordion-down': { from: { height: '0' }, to: { height: 'var(--radix-accordion-content-height)' } },
			},
			animation: { 'accordion-down': 'accordion-down 0.2s ease-out' },
			padding: ({ theme }) => ({ gutter: theme('spacing.6', '1.5rem') }),
		}
	},
	plugins: [require("tailwindcss-animate"), require("@tailwindcss/typography"), require("@tailwindcss/forms")],
} satisfies Config;
`

const BUTTON = `import { clsx } from 'clsx'
import { twMerge } from 'tailwind-merge'
const base = "inline-flex items-center justify-center gap-2 whitespace-nowrap rounded-md text-sm font-medium ring-offset-background transition-colors focus-visible:outline-none focus-visible:ring-2 focus-visible:ring-ring focus-visible:ring-offset-2 disabled:pointer-events-none disabled:opacity-50 [&_svg]:pointer-events-none [&_svg]:size-4"
const variants = { default: "bg-primary text-primary-foreground hover:bg-primary/90", outline: "border border-border bg-background hover:bg-primary/10" }
export function Button({ kind = 'default', className, ...props }: { kind?: keyof typeof variants } & React.ButtonHTMLAttributes<HTMLButtonElement>) {
  return <button className={twMerge(clsx(base, variants[kind], className))} {...props} />
}
`

const APP = `import { Button } from '@/components/ui/button'
export default function App() {
  return (
    <main className="container mx-auto min-h-screen p-gutter dark:bg-foreground animate-in fade-in-0 zoom-in-95 data-[state=open]:animate-accordion-down">
      <article className="prose prose-sm md:prose-lg dark:prose-invert max-w-none [&>h1]:mt-2">
        <h1 className="text-balance bg-gradient-to-r from-primary to-ring bg-clip-text group-hover:text-[13px] md:hover:-mt-1">Hello</h1>
      </article>
      <form className="panel space-y-4 grid grid-cols-[1fr_auto] [mask-type:luminance] [mask-type:alpha]">
        <input type="text" className="rounded w-full peer" />
        <span className="peer-invalid:text-red-500 before:content-['x'] supports-[display:grid]:grid">!</span>
        <Button className="own">Send</Button>
      </form>
    </main>
  )
}
`

/** The app's files. Packages: those of \`findStyleSet\`. */
export const tailwindApp = {
  'package.json': JSON.stringify({
    name: 'vite_react_shadcn_ts',
    private: true,
    type: 'module',
    dependencies: {
      react: '^18.3.1',
      'react-dom': '^18.3.1',
      clsx: '^2.1.1',
      'tailwind-merge': '^2.6.0',
      'tailwindcss-animate': '^1.0.7',
    },
    devDependencies: {
      tailwindcss: '^3.4.11',
      autoprefixer: '^10.4.20',
      postcss: '^8.4.47',
      '@tailwindcss/typography': '^0.5.15',
      '@tailwindcss/forms': '^0.5.10',
    },
  }),
  'postcss.config.js': `export default {
  plugins: {
    tailwindcss: {},
    autoprefixer: {},
  },
}
`,
  'tailwind.config.ts': CONFIG,
  'components.json': '{ "tailwind": { "config": "tailwind.config.ts" } }',
  'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
  'index.html':
    '<!doctype html><html lang="en"><head><title>t</title><link rel="icon" href="data:,"></head><body class="mt-[99px]"><div id="root"></div><script type="module" src="/src/main.tsx"></script></body></html>',
  'src/main.tsx': `import { createRoot } from 'react-dom/client'
import App from './App.tsx'
import './index.css'
createRoot(document.getElementById("root")!).render(<App />);
`,
  'src/App.tsx': APP,
  'src/components/ui/button.tsx': BUTTON,
  'src/index.css': SHEET,
} satisfies Record<string, string>
