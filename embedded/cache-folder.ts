import { access, constants, mkdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * Where programs that were fetched are kept: the person's cache folder, so that every checkout, `npm start` and
 * `npm test` fetch them once; the data folder when that cannot be written.
 */
export async function cacheFolder(o: {
  xdgCacheHome: string | undefined;
  home: string;
  fallback: string;
}): Promise<string> {
  const wanted = path.join(o.xdgCacheHome || path.join(o.home, '.cache'), 'vestibule');
  try {
    await mkdir(wanted, { recursive: true });
    await access(wanted, constants.W_OK | constants.X_OK);
    return wanted;
  } catch {
    await mkdir(o.fallback, { recursive: true });
    return o.fallback;
  }
}
