import { createHash } from 'node:crypto';
import { brandStylesheet, type Looks } from '../../onboarding/branding.ts';

/**
 * Where a vendor's colours are, on whatever host a page is: named by their content, so that they are kept for ever and
 * changed at once. Undefined where the vendor has no colour of its own.
 */
export function stylesheetPath({ handle, brandColours }: Looks): string | undefined {
  if (brandColours === null) return undefined;
  const css = brandStylesheet(brandColours);
  return `/brand/${handle}/${createHash('sha256').update(css).digest('hex').slice(0, 16)}.css`;
}
