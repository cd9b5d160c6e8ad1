/** An app as hosts know it. `formerSlugs` answer with a redirect, as long as no other app has taken them. */
export type AppNames = { app: string; slug: string; formerSlugs?: readonly string[] }

export type SlugMeaning = { app: string; movedTo?: string }

/** Which apps there are and what their published addresses are. One app's names are always replaced whole. */
export interface AppNameTable {
  put(names: AppNames): void
  drop(app: string): void
  has(app: string): boolean
  find(slug: string): SlugMeaning | undefined
}

export function createAppNameTable(): AppNameTable {
  const apps = new Map<string, AppNames>()
  const current = new Map<string, string>()
  const former = new Map<string, string>()

  const forget = (app: string) => {
    const names = apps.get(app)
    if (!names) return
    apps.delete(app)
    if (current.get(names.slug) === app) current.delete(names.slug)
    for (const slug of names.formerSlugs ?? []) if (former.get(slug) === app) former.delete(slug)
  }

  return {
    put(names) {
      forget(names.app)
      apps.set(names.app, names)
      current.set(names.slug, names.app)
      for (const slug of names.formerSlugs ?? []) former.set(slug, names.app)
    },
    drop: forget,
    has: (app) => apps.has(app),
    find(slug) {
      const app = current.get(slug)
      if (app !== undefined) return { app }
      const moved = former.get(slug)
      const names = moved === undefined ? undefined : apps.get(moved)
      return names && { app: names.app, movedTo: names.slug }
    },
  }
}
