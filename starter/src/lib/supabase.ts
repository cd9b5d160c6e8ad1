import { createClient, type SupabaseClient } from '@supabase/supabase-js'

/**
 * The app's Supabase client, or `null` when `VITE_SUPABASE_URL` and `VITE_SUPABASE_ANON_KEY` are not set (or unusable).
 * Importing this file never throws; a screen that needs data says so when it is `null`.
 */
export const supabase: SupabaseClient | null = connect(
  import.meta.env.VITE_SUPABASE_URL,
  import.meta.env.VITE_SUPABASE_ANON_KEY,
)

function connect(url: unknown, key: unknown) {
  if (typeof url !== 'string' || typeof key !== 'string' || !url || !key) return null
  try {
    return createClient(url, key)
  } catch (error) {
    console.error('Supabase is not connected: check VITE_SUPABASE_URL and VITE_SUPABASE_ANON_KEY.', error)
    return null
  }
}
