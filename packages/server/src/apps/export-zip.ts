import { zipSync } from 'fflate'

/** The app as a zip that builds by itself elsewhere (`npm install && npm run build`). Files lie below a folder of this name. */
export const exportZip = (name: string, files: ReadonlyMap<string, Uint8Array>): Uint8Array =>
  // A fixed time: the same files give the same bytes.
  zipSync(Object.fromEntries([...files].map(([path, content]) => [`${name}/${path}`, content])), {
    mtime: '1980-01-02',
  })
